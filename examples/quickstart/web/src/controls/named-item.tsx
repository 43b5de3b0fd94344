import { type ReactNode, useState } from 'react';
import { useFocusOnMount } from './use-focus-on-mount.ts';

interface Props {
  name: string;
  /** What is special about it. */
  badge?: string | undefined;
  /** A line below the name. */
  detail?: ReactNode;
  /** Renders the form that takes another name. `undefined`: it cannot be renamed. */
  renderRename?: ((onClose: (name: string | null) => void) => ReactNode) | undefined;
  onRenamed: (name: string) => void;
  /** What its buttons are about, for screen readers. */
  hint: string;
  /** The buttons beside the one that renames it. */
  actions: ReactNode;
  /** Its facts. */
  children: ReactNode;
}

/** An item of a list that has a name, such as a device or a key. It is renamed in its place. */
export function NamedItem({ name, badge, detail, renderRename, onRenamed, hint, actions, children }: Props) {
  const [renaming, setRenaming] = useState<'no' | 'yes' | 'cancelled'>('no');
  const renameButton = useFocusOnMount<HTMLButtonElement>(renaming === 'cancelled');

  function close(newName: string | null): void {
    setRenaming(newName === null ? 'cancelled' : 'no');
    if (newName !== null) onRenamed(newName);
  }

  return (
    <li className="item">
      {renaming === 'yes' && renderRename !== undefined ? (
        renderRename(close)
      ) : (
        <div className="between wraps">
          <div>
            <p className="title">
              <bdi>{name}</bdi> {badge !== undefined && <span className="badge">{badge}</span>}
            </p>
            {detail !== undefined && <p className="muted">{detail}</p>}
          </div>
          <div className="actions">
            {renderRename !== undefined && (
              <button type="button" ref={renameButton} onClick={() => setRenaming('yes')}>
                Rename<span className="hidden"> {hint}</span>
              </button>
            )}
            {actions}
          </div>
        </div>
      )}
      {children}
    </li>
  );
}

/** A fact about an item, in a `dl`. */
export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
