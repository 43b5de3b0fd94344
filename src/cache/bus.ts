/**
 * The port to messages between processes, by which each hears of changes that others made. It may lose messages, but
 * then says so: who was in doubt has to forget what it remembers.
 */
export interface Bus {
  /**
   * Begins to listen, once. Connects in the background, and again whenever the connection is lost.
   * @param onDoubt messages may have been lost; also called each time it is connected
   */
  start(onMessage: (message: string) => void, onDoubt: () => void): void;
  /** Whether messages that others send now arrive. */
  isConnected(): boolean;
  /** Rejects when the message could not be sent. */
  publish(message: string): Promise<void>;
  close(): Promise<void>;
}
