import type { AdminAction, AdminActor, EventSink } from '../events.ts';

/** Tells who did what, once it is committed. */
export type TellAction = (by: AdminActor, action: AdminAction) => void;

export function createTellAction(events: EventSink): TellAction {
  return (by, action) => events.emit('adminAction', { ...action, by });
}
