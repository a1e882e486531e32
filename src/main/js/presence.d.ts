import type { Switchboard } from './switchboard.js';

export interface UserPresence {
  readonly user_id: string;
  readonly online: boolean;
  readonly last_seen: string | null;
}

export interface Presence {
  /** Resolved once the server has said how the users stand; rejected if the role may not see it. */
  readonly ready: Promise<void>;
  /** Grows with each change. */
  readonly version: number;
  /** How a user stands; undefined until the server has said it. */
  get(user: string): UserPresence | undefined;
  /** Those of the users who are online. */
  online(): string[];
  on(name: 'change', listener: (change: { user_id: string }) => unknown): () => void;
  /** Lets the users go, unless others follow them over the same client. */
  stop(): void;
}

/** How these users stand, from now on until `stop()`. */
export function presence(client: Switchboard, users: readonly string[]): Presence;
