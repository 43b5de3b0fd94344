export interface ListenOptions {
  /** Connects to this server, with what the URL leaves out as the ORM has it. `null`: to the ORM's. */
  readonly connectionString: string | null;
  /** Names that need no quotes. */
  readonly channels: readonly string[];
  readonly onNotification: (channel: string, payload: string) => void;
  /** Called once, when the connection is lost. */
  readonly onEnd: () => void;
}

/** Listens to NOTIFY until it is closed. */
export interface Listening {
  /** Whether the database runs in this process, so that no notification is ever lost or late. */
  readonly isInProcess: boolean;
  isOpen(): boolean;
  /** Rejects if PostgreSQL did not accept the notification. */
  notify(channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a connection of its own that listens to channels of NOTIFY. Rejects if it cannot be opened. */
export type Listen = (options: ListenOptions) => Promise<Listening>;
