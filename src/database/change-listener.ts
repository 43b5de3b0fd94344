/**
 * The port to what the app's own flushes did to what durin knows. Called inside the app's transaction, where there is
 * one.
 */
export interface ChangeListener {
  /** @param user as it is now; `null`: deleted */
  userChanged(userId: unknown, user: object | null): Promise<void>;
  clientChanged(clientId: number): Promise<void>;
  /** @param selector `null`: a token, but it can not be told which */
  tokenChanged(selector: string | null): Promise<void>;
  /** Something that `populate` joins to a session. */
  relatedChanged(): Promise<void>;
}
