/** Answers of the node, as far as the screens use them; /openapi.yaml describes them. */

export interface Fault {
  pointer?: string;
  detail?: string;
  event_id?: string;
  error?: string;
}

export interface Session {
  id?: string;
  kind: 'key' | 'user' | 'service' | 'ticket' | 'portal';
  name?: string | null;
  user?: string | null;
  role?: string | null;
  tenant: string | null;
  scopes: string[];
  expires_at: string;
  all_tenants: boolean;
}

export interface Event {
  id: string | null;
  event_id: string;
  type: string;
  tenant_id: string;
  timestamp: string;
  sender?: { kind: string; id: string };
  keep?: string;
  keep_until?: string;
  forget?: true;
  user_id?: string;
  topic?: string;
  session_id?: string;
  inbox?: string;
  payload: unknown;
}

export interface TraceEvent {
  at: string;
  id: string | null;
  event_id?: string;
  type: string;
  user_id?: string;
  session_id?: string;
  topic?: string;
  sender?: { kind: string; id: string };
  keep?: string;
  keep_until?: string;
  forget?: true;
  payload?: unknown;
  payload_hidden?: boolean;
}

export interface Breaker {
  state: 'closed' | 'open' | 'half_open';
  since: string | null;
  next_try_at: string | null;
  nodes: number;
}

export interface Webhook {
  id: number;
  tenant_id: string;
  name: string;
  url: string;
  events: string[];
  secret?: string;
  is_active: boolean;
  retry_count: number;
  timeout: number;
  retry_schedule: number[] | null;
  jitter_percent: number;
  retry_client_errors: boolean;
  headers: Record<string, string>;
  filter: Record<string, unknown> | null;
  ed25519: boolean;
  ordering: string;
  order_by: string;
  rate_limit: number | null;
  auto_disable: boolean;
  format: string | null;
  template: string | null;
  content_type: string | null;
  effective_format: string | null;
  format_reason: string | null;
  has_secret: boolean;
  previous_secret_until: string | null;
  ed25519_public_key: string | null;
  disabled_reason: string | null;
  disabled_at: string | null;
  breaker?: Breaker;
  created_at: string;
  updated_at: string;
  problems?: Fault[];
  warnings?: string[];
}

export interface WebhookStats {
  webhook_id: number;
  attempts: number;
  successful: number;
  given_up: number;
  success_rate: number | null;
  duration_ms: Record<'p50' | 'p90' | 'p95' | 'p99', number | null>;
  owed: number;
  next_due_at: string | null;
  breaker?: Breaker;
  by_hour: { hour: string; attempts: number; successful: number; success_rate: number | null }[];
  by_error: Record<string, number>;
}

export interface Attempt {
  id: number;
  webhook_id: number;
  tenant_id: string;
  delivery_id: number | null;
  event_id: string | null;
  event: string;
  payload: unknown;
  response_code: number | null;
  response_body: string | null;
  error: string | null;
  duration_ms: number;
  attempt: number;
  outcome: 'delivered' | 'retrying' | 'failed' | 'cancelled' | null;
  created_at: string;
}

export interface TestReport {
  ok: boolean;
  status: number | null;
  duration_ms: number;
  error: string | null;
  response: { headers?: { name: string; value: string }[]; body?: string | null };
  request: { headers?: Record<string, string>; body?: string };
  signed: Record<string, string>;
}

export interface Cluster {
  at: string;
  totals: {
    nodes: number;
    sessions: number;
    users_online: number;
    events_per_second: number | { accepted: number; refused: number; delivered: number };
    deliveries_owed: number | null;
    oldest_due_seconds: number | null;
    webhooks_failing: number | null;
  };
  stores: Record<string, string>;
  nodes: Node[];
}

export interface Node {
  name: string;
  version: string;
  started_at: string;
  state: 'ready' | 'degraded' | 'draining' | 'gone';
  last_seen_at: string;
  sessions: { websocket: number; stream: number; visitor: number };
  events_per_second: { accepted: number; refused: number; delivered: number };
  backlog_bytes: number;
  heap_used_bytes: number;
  heap_max_bytes: number;
  loop_lag_ms: number;
  stores: Record<string, string>;
  breakers_open: number;
  problems: string[];
}
