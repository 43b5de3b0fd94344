import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

const subscribe = (listener: () => void) => onlineManager.subscribe(listener);
const isOnline = () => onlineManager.isOnline();

/** The live region is there from the start, so that what comes into it is read out. */
export function OfflineNotice() {
  const online = useSyncExternalStore(subscribe, isOnline);
  return (
    <output>
      {online ? null : (
        <span className="banner">You are offline. What you see may be out of date, and what you do has to wait.</span>
      )}
    </output>
  );
}
