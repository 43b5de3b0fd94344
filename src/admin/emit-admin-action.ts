import type { AdminAction, AdminActor, EventSink } from '../events.ts';

/** Emits `adminAction`. Called after the change succeeded; the event goes out once it is committed. */
export type EmitAdminAction = (by: AdminActor, action: AdminAction) => void;

export function createEmitAdminAction(events: EventSink): EmitAdminAction {
  return (by, action) => events.emit('adminAction', { ...action, by });
}
