import type { GeneratedEventMap } from './event-map.js';

/**
 * The payload of each known event type. Add your own types by declaration merging:
 *
 *     declare module '@switchboard/client' {
 *       interface EventMap { 'order.shipped': { order_id: string } }
 *     }
 */
export interface EventMap extends GeneratedEventMap {}

/** The pattern above a type: `call.*` for `call.incoming`. */
type PatternsOf<Type extends string> = Type extends `${infer Head}.${infer Tail}`
  ? `${Head}.*` | (PatternsOf<Tail> extends infer Rest extends string ? `${Head}.${Rest}` : never)
  : never;

/** The known types that a pattern matches. */
type Matching<Pattern extends string> = Pattern extends '*'
  ? keyof EventMap
  : Pattern extends `${infer Head}.*`
    ? Extract<keyof EventMap, `${Head}.${string}`>
    : Extract<keyof EventMap, Pattern>;

/** Patterns and types that the client knows. */
export type KnownPattern = keyof EventMap | PatternsOf<keyof EventMap>;

/** What a listener of a pattern gets; the payload of other types is unknown. */
export type EventOf<Pattern extends string> = [Matching<Pattern>] extends [never]
  ? SwitchboardEvent
  : { [Type in Matching<Pattern>]: SwitchboardEvent<EventMap[Type], Type> }[Matching<Pattern>];

/** An event as it came from the server. */
export interface SwitchboardEvent<Payload = unknown, Type extends string = string> {
  /** Its position in its log, opaque; null for messages of the inbox and live-only events. */
  readonly id: string | null;
  readonly event_id?: string;
  readonly type: Type;
  readonly tenant_id: string;
  readonly timestamp?: string;
  /** The person who published it; events of services have none. */
  readonly sender?: { readonly kind: 'user' | 'visitor' | 'service'; readonly id: string };
  readonly user_id?: string;
  readonly topic?: string;
  readonly session_id?: string;
  /** The trace it belongs to, in the form of W3C Trace Context; only if the server traces. */
  readonly traceparent?: string;
  /** `collection/key` of a kept event. */
  readonly keep?: string;
  /** When the state ends, by the server's clock. */
  readonly keep_until?: string;
  /** This event ends the state of its key. */
  readonly forget?: true;
  readonly payload: Payload;
}

export type ConnectionState =
  /** Not started, or left by `disconnect()`. */
  | 'idle'
  | 'connecting'
  | 'connected'
  /** Connected to a node that has lost Redis: nothing is lost, events come late. */
  | 'degraded'
  /** Between two attempts; `retryAt` says when the next one begins. */
  | 'waiting'
  /** Ended for good; `reason` says why. */
  | 'closed';

export type StatusReason =
  /** The connection broke, or none could be opened. */
  | 'network'
  /** No sign of life came in time. */
  | 'timeout'
  | 'server_restart'
  | 'too_slow'
  | 'no_heartbeat'
  | 'message_too_big'
  | 'limit_reached'
  | 'no_capacity'
  /** The token or ticket was refused; the second time in a row it closes the client. */
  | 'not_authenticated'
  /** `token()` or `ticket()` failed; it is asked again. */
  | 'token_unavailable'
  /** Another person or another role is signed in now. */
  | 'identity'
  /** The browser put the page away; it connects when the page is shown again. */
  | 'page_hidden'
  /** More events came while `load` ran than may wait; it connects when `load` has ended. */
  | 'overflow'
  /** The transport, or over a stream the filter, is being changed. */
  | 'switching'
  | 'bad_request'
  | 'forbidden'
  | 'unknown_widget'
  | 'protocol_error'
  | 'replaced'
  /** An administrator ended the user's sessions. */
  | 'disconnected'
  /** `token()` threw `Unauthorized`. */
  | 'unauthorized'
  | 'closed_by_client';

export type CloseAction = 'stop' | 'told' | 'soon' | 'later' | 'token' | 'too_big' | 'once_more' | 'back_off';

/** What a stream of server-sent events can't do. */
export type MissingFeature = 'inbox' | 'presence' | 'users' | 'tail';

export interface Status {
  readonly state: ConnectionState;
  readonly reason: StatusReason | null;
  /** Milliseconds since 1970 at which the state began. */
  readonly since: number;
  /** Milliseconds since 1970 of the next attempt; null if none is planned. */
  readonly retryAt: number | null;
  /** Failures since the connection was last stable. */
  readonly attempt: number;
  readonly degraded: boolean;
  /** Whether `load` runs and events wait for it. */
  readonly loading: boolean;
  readonly transport: 'websocket' | 'sse';
  readonly missing: readonly MissingFeature[];
}

export type LoadReason =
  /** The first time. */
  | 'start'
  /** The server could not prove that nothing was missed. */
  | 'unrecovered'
  /** The server lost events for this session. */
  | 'resync'
  /** Another person or another role is signed in now. */
  | 'identity'
  /** What was stored before a reload of the page can't be continued. */
  | 'storage';

export interface Resync {
  readonly reason: LoadReason;
  readonly position: string;
}

export interface LoadRequest extends Resync {
  /** Aborted when another call replaces this one; its result does not count then. */
  readonly signal: AbortSignal;
}

export interface TokenRequest {
  readonly reason: 'connect' | 'expired' | 'expiring';
  /** The kind of ticket that is needed. */
  readonly kind: 'connect' | 'stream';
}

type TextSource = string | ((request: TokenRequest) => string | Promise<string>);

export interface Names {
  /** Patterns: `call.incoming`, `call.*` (any depth below), `*`. */
  events?: readonly string[];
  topics?: readonly string[];
  /** Users whose presence is followed. */
  users?: readonly string[];
  /** Collections of kept events: `queues`, or `<topic>/queues`. */
  kept?: readonly string[];
}

export interface Options extends Names {
  /** A JSON Web Token, or a function that is asked for one for each connection. */
  token?: TextSource;
  /** Asked for a ticket for each connection, instead of a token. */
  ticket?: (request: TokenRequest) => string | Promise<string>;
  /** Loads what the page shows: first, and whenever nothing can be proven. Live events wait. */
  load?: (request: LoadRequest) => unknown;
  /** Continues after a reload of the page; not together with `load`. */
  resume?: {
    /** `sessionStorage`, or another storage of this tab alone. */
    storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
    key?: string;
    /** Milliseconds that the server's log reaches back; 10 minutes unless the server says otherwise. */
    maxAge?: number;
  };
  /** `auto`: sockets, and server-sent events where sockets are blocked. */
  transport?: 'auto' | 'websocket' | 'sse';
  /** False: only `ack()` removes messages from the inbox. */
  autoAck?: boolean;
  /** False: idle until `connect()`. */
  connect?: boolean;
  /** A WebSocket class, for Node before version 22. */
  WebSocket?: unknown;
  fetch?: typeof globalThis.fetch;
  /** Path of the sockets; `/ws` if absent. */
  path?: string;
  /** Further parameters of the address. */
  params?: Record<string, string>;
}

export interface SessionInfo {
  readonly connection_id: string;
  readonly node: string;
  readonly tenant_id: string;
  readonly user_id: string | null;
  readonly role?: string;
  readonly recovered: boolean | null;
  readonly position: string;
  readonly heartbeat_seconds: number;
  /** The server's clock when the session began. */
  readonly time?: string;
}

export interface Published {
  /** The event's position in its log; null for a live-only event. */
  readonly id: string | null;
  /** The id under which all receivers see the event. */
  readonly event_id: string;
}

export interface PublishOptions {
  session_id?: string;
  user_id?: string;
  topic?: string;
  /** Made at random if absent. A repeat with the same id within 24 hours publishes nothing. */
  event_id?: string;
  offline?: 'store' | 'drop';
  /** True: sent without waiting for the answers to earlier messages. */
  unordered?: boolean;
  /** Milliseconds after which it is given up, waiting for a connection included; at most an hour. */
  timeout?: number;
  /** True: sent only if connected, not repeated, not answered; so are `chat.typing` events. */
  volatile?: boolean;
}

export interface Subscribed {
  readonly events?: readonly string[];
  readonly topics?: readonly string[];
  readonly users?: readonly string[];
  readonly kept?: readonly string[];
  readonly position?: string;
  readonly recovered: boolean | null;
  readonly presence?: readonly { user_id: string; online: boolean; last_seen: string | null }[];
}

export interface KeptChange<Payload = unknown> {
  /** Null: the whole collection may have changed. */
  readonly key: string | null;
  /** Absent if the key has ended. */
  readonly event?: SwitchboardEvent<Payload>;
}

/** The last event of each key of a collection, kept up to date. */
export interface KeptCollection<Payload = unknown> extends Iterable<[string, SwitchboardEvent<Payload>]> {
  /** Whether a whole snapshot has come, and no doubt since. */
  readonly complete: boolean;
  /** Nothing written after this moment is missing; null before the first snapshot. */
  readonly since: string | null;
  /** Grows with each change. */
  readonly version: number;
  readonly size: number;
  get(key: string): SwitchboardEvent<Payload> | undefined;
  has(key: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<SwitchboardEvent<Payload>>;
  entries(): Iterable<[string, SwitchboardEvent<Payload>]>;
  forEach(call: (event: SwitchboardEvent<Payload>, key: string) => void): void;
  on(name: 'change', call: (change: KeptChange<Payload>) => unknown): () => void;
}

/** A message of the protocol, as opposed to an event. */
export interface ServerMessage {
  readonly type: string;
  readonly payload?: any;
  readonly ref?: unknown;
}

/** Callbacks of a module that extends the core. */
export interface Extension {
  connected?(session: SessionInfo): unknown;
  /** All messages, events among them, in the order in which they came. */
  received?(message: ServerMessage): unknown;
  disconnected?(): unknown;
}

export interface TransportRequest {
  url: string;
  path: string;
  query: string;
  protocols: string[];
  token?: string;
  tenant: () => string | undefined;
  options: Options;
}

export interface TransportHooks {
  opened(): void;
  /** Bytes came that are no message. */
  alive(): void;
  received(text: string): void;
  closed(code: number, reason: string): void;
  /** Sockets can be opened again. */
  socketsWork(): void;
}

export interface Transport {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** A failure with a `code` to decide by. */
export class SwitchboardError extends Error {
  constructor(code: string, message: string, outcome?: 'rejected' | 'not_sent' | 'unknown');
  readonly code: string;
  /** What became of a message: `unknown` may have been published. */
  readonly outcome?: 'rejected' | 'not_sent' | 'unknown';
}

/** Thrown by a `token` or `ticket` function if the user is no longer signed in: the client closes. */
export class Unauthorized extends Error {
  constructor(message?: string);
}

/** What the client does for each close code; every other code is a loss of the network. */
export const CLOSE_ACTIONS: Readonly<Record<number, readonly [StatusReason, CloseAction]>>;

/** A signed-in connection to Switchboard that keeps its position over every kind of interruption. */
export class Switchboard {
  /**
   * @param url Where the server is, such as `https://events.example.com`
   */
  constructor(url: string, options: Options);
  /** The state of the client. A new object with each change. */
  readonly status: Status;
  /** What the server said of the session last; null before the first `connected`. */
  readonly session: SessionInfo | null;
  /** The server's clock, in milliseconds since 1970. */
  serverTime(): number;

  /** Connects, if it is idle. */
  connect(): void;
  /** Leaves the server; `connect` continues from there. */
  disconnect(): void;
  /** Ends the client for good. */
  close(): void;
  /** Resolved once the client is connected and `load` has succeeded; rejected if it is closed. */
  ready(): Promise<void>;

  on(name: 'status', listener: (status: Status) => unknown): () => void;
  on(name: 'resync', listener: (resync: Resync) => unknown): () => void;
  on(name: 'error', listener: (error: unknown) => unknown): () => void;
  on<Pattern extends KnownPattern>(
    pattern: Pattern,
    listener: (event: EventOf<Pattern>) => unknown,
  ): () => void;
  on(pattern: string, listener: (event: SwitchboardEvent<any>) => unknown): () => void;

  /** Follows more; resolved once the server has confirmed it. */
  subscribe(names: Names & { after?: string }): Promise<Subscribed>;
  /** Follows less. */
  unsubscribe(names: Names): Promise<Subscribed>;
  /** The live map of a collection; follows the collection if that was not done yet. */
  kept<Payload = unknown>(name: string): KeptCollection<Payload>;

  /** Publishes an event; sent again after a reconnect, under the same id, until it is answered. */
  publish<Type extends keyof EventMap>(
    type: Type,
    payload: EventMap[Type],
    options?: PublishOptions,
  ): Promise<Published>;
  publish<Type extends string>(
    type: Type extends keyof EventMap ? never : Type,
    payload: unknown,
    options?: PublishOptions,
  ): Promise<Published>;
  /** The `event_id` under which this client published an event; undefined if another client did. */
  ownId(event: SwitchboardEvent): string | undefined;
  /** Says that these messages of the inbox arrived; for clients with `autoAck: false`. */
  ack(eventIds: readonly string[]): void;

  /** Sends a message of the protocol once and resolves to the answer; for extensions. */
  request(message: { type: string; payload?: unknown }): Promise<ServerMessage>;
  /** Attaches an extension, which then sees the connection and all messages of the protocol. */
  attach(extension: Extension): () => void;
}
