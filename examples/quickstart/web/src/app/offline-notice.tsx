import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

const subscribe = (listener: () => void) => onlineManager.subscribe(listener);
const isOnline = () => onlineManager.isOnline();

/** The live region is always present, because screen readers announce only changes inside an existing region. */
export function OfflineNotice() {
  const online = useSyncExternalStore(subscribe, isOnline);
  return (
    <output>
      {online ? null : (
        <span className="banner">You are offline. The page may be out of date, and changes are not possible.</span>
      )}
    </output>
  );
}
