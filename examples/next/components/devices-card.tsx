'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { renameDevice } from '@/app/actions.ts';
import { useTRPC } from '@/trpc/context.ts';
import { DateTime } from './date-time.tsx';
import type { Device } from './session.ts';

/** The devices that the user is signed in on. The server has prefetched them, so the first HTML lists them. */
export function DevicesCard() {
  const list = useTRPC().auth.sessions.list;
  const devices = useQuery(list.queryOptions());
  return (
    <section className="card" aria-labelledby="devices">
      <h2 id="devices">Your devices</h2>
      <ul className="items">
        {devices.data?.toSorted(currentFirst).map((device) => (
          <DeviceItem key={device.id} device={device} />
        ))}
      </ul>
      <p role="alert" className="problem">
        {devices.error?.message}
      </p>
    </section>
  );
}

function DeviceItem({ device }: { device: Device }) {
  const { sessions } = useTRPC().auth;
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries(sessions.list.queryFilter());
  const revoke = useMutation(sessions.revoke.mutationOptions({ onSettled }));
  const title = titleOf(device);
  return (
    <li className="item">
      <p className="title">
        <bdi>{title}</bdi> {device.isCurrent && <span className="badge">This device</span>}
      </p>
      <p className="muted">
        Signed in on <DateTime date={device.created} />
      </p>
      <div className="actions">
        <form action={renameDevice}>
          <input type="hidden" name="id" value={device.id} />
          <input name="name" aria-label={`New name of ${title}`} placeholder="New name" maxLength={64} required />
          <button type="submit">Rename</button>
        </form>
        {!device.isCurrent && (
          <button
            type="button"
            className="danger"
            aria-label={`Sign out ${title}`}
            onClick={() => revoke.mutate({ id: device.id })}
          >
            Sign out
          </button>
        )}
      </div>
    </li>
  );
}

const currentFirst = (a: Device, b: Device) => Number(b.isCurrent) - Number(a.isCurrent);

/** Its name, or else "Firefox on Windows". */
function titleOf({ name, device }: Device): string {
  return name ?? ([device?.browser, device?.os].filter(Boolean).join(' on ') || 'Unknown device');
}
