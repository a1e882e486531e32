import type { Options, Transport, TransportHooks, TransportRequest } from './switchboard.js';

/** Whether the server answers at all, for a page that can't open sockets. */
export function isReachable(url: string, options: Options): Promise<boolean>;

/** Opens a stream of server-sent events in place of a socket. */
export function openStream(request: TransportRequest, hooks: TransportHooks): Transport;
