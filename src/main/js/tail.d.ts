import type { Switchboard } from './switchboard.js';

export interface Attempt {
  readonly webhook_id: number;
  readonly delivery_id: number;
  readonly event_id: string;
  readonly event: string;
  readonly attempt: number;
  readonly outcome: 'delivered' | 'retrying' | 'failed';
  readonly response_code: number | null;
  readonly error: string | null;
  readonly duration_ms: number;
  readonly retry_in_ms: number | null;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** An attempt, or how many were too much for a node or this connection. */
export type TailItem =
  | { readonly attempt: Attempt; readonly missed?: undefined }
  | { readonly missed: number; readonly attempt?: undefined };

export interface TailOptions {
  /** One webhook; without it all of the tenant's. */
  webhook_id?: number;
  /** Told if the role may not follow attempts, or the transport can't bring them. */
  onError?: (error: unknown) => unknown;
}

/** Follows attempts at webhooks; the function it returns ends that. */
export function tail(
  client: Switchboard,
  options: TailOptions,
  listener: (item: TailItem) => unknown,
): () => void;
