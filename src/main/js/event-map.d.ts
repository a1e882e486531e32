// Written from event-payloads.json by `scripts/client types`; do not edit.

/** The payload of each event type that the server knows. */
export interface GeneratedEventMap {
  /** An agent is in another state now. */
  'agent.state.changed': {
    /** The agent */
    user_id: string | number;
    username?: string;
    state: string;
    reason?: string | null;
  };
  /** An agent has begun to work. */
  'agent.login': {
    /** The agent */
    user_id: string | number;
    username?: string;
  };
  /** An agent has stopped working. */
  'agent.logout': {
    /** The agent */
    user_id: string | number;
    username?: string;
    reason?: string | null;
  };
  /** A call rings. */
  'call.incoming': {
    /** The call, the same in all its events */
    unique_id: string;
    caller_id: string;
    destination?: string;
    queue_name?: string | null;
    direction?: string;
  };
  /** Somebody took the call. */
  'call.answered': {
    /** The call, the same in all its events */
    unique_id: string;
    caller_id?: string;
    destination?: string;
    queue_name?: string | null;
    direction?: string;
    /** The agent who took it */
    user_id?: string | number | null;
  };
  /** The call is over. */
  'call.ended': {
    /** The call, the same in all its events */
    unique_id: string;
    caller_id?: string;
    destination?: string;
    queue_name?: string | null;
    direction?: string;
    reason?: string | null;
  };
  /** The call goes to somebody else. */
  'call.transferred': {
    /** The call, the same in all its events */
    unique_id: string;
    caller_id?: string;
    /** Where it goes now */
    destination: string;
    queue_name?: string | null;
    direction?: string;
  };
  /** The call waits. */
  'call.hold': {
    /** The call, the same in all its events */
    unique_id: string;
  };
  /** The call goes on. */
  'call.unhold': {
    /** The call, the same in all its events */
    unique_id: string;
  };
  /** A caller waits in a queue. */
  'queue.joined': {
    queue_name: string;
    /** The call */
    unique_id?: string;
    caller_id?: string;
  };
  /** A caller waits no longer. */
  'queue.left': {
    queue_name: string;
    /** The call */
    unique_id?: string;
    reason?: string | null;
  };
  /** How a queue stands; its figures are members of your own choice. */
  'queue.stats': {
    queue_name: string;
    [member: string]: unknown;
  };
  /** An agent serves a queue. */
  'queue.member.added': {
    queue_name: string;
    /** The agent */
    user_id: string | number;
  };
  /** An agent serves a queue no longer. */
  'queue.member.removed': {
    queue_name: string;
    /** The agent */
    user_id: string | number;
  };
  /** An agent takes no calls of a queue for a while. */
  'queue.member.paused': {
    queue_name: string;
    /** The agent */
    user_id: string | number;
    reason?: string | null;
  };
  /** An agent takes calls of a queue again. */
  'queue.member.unpaused': {
    queue_name: string;
    /** The agent */
    user_id: string | number;
  };
  /** A line of a web chat; `session_id` of the event names the chat. */
  'chat.message': {
    text?: string;
  };
  /** Something for one user, whom `user_id` of the event names; kept for them while they are away. */
  'notification': {
    text?: string;
  };
  /** Something for all of the tenant. */
  'alert': {
    text?: string;
    level?: string;
  };
}
