import type { ReactElement, ReactNode } from 'react';
import type {
  EventOf,
  KeptCollection,
  KnownPattern,
  Options,
  Status,
  Switchboard,
  SwitchboardEvent,
} from './switchboard.js';
import type { UserPresence } from './presence.js';

export interface SwitchboardProviderProps {
  /** A client of your own, which you connect and close. */
  client?: Switchboard;
  /** Without a client: where the server is. Read once; give the provider another `key` to change it. */
  url?: string;
  options?: Options;
  children?: ReactNode;
}

/** Gives the components below it a client: yours, or its own while it is mounted. */
export function SwitchboardProvider(props: SwitchboardProviderProps): ReactElement;

export function useSwitchboard(): Switchboard;
export function useStatus(): Status;

/** Calls the listener with each event; the listener may be another one in each rendering. */
export function useEvent<Pattern extends KnownPattern>(
  pattern: Pattern,
  listener: (event: EventOf<Pattern>) => unknown,
): void;
export function useEvent(pattern: string, listener: (event: SwitchboardEvent<any>) => unknown): void;

/** The last events, oldest first; 100 unless `max` says otherwise. */
export function useEvents<Pattern extends KnownPattern>(
  pattern: Pattern,
  options?: { max?: number },
): EventOf<Pattern>[];
export function useEvents(pattern: string, options?: { max?: number }): SwitchboardEvent<any>[];

/** A collection of kept events; the component renders again with each change. */
export function useKept<Payload = unknown>(name: string): KeptCollection<Payload>;

/** How each of these users stands; the component renders again with each change. */
export function usePresence(users: readonly string[]): (user: string) => UserPresence | undefined;
