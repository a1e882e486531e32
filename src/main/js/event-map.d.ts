// Written from event-payloads.json by `scripts/client types`; do not edit.

/** The payload of each event type that the server knows. */
export interface GeneratedEventMap {
  /** An agent changed state. */
  'agent.state.changed': {
    /** Id of the agent */
    user_id: string | number;
    username?: string;
    state: string;
    reason?: string | null;
  };
  /** An agent started work. */
  'agent.login': {
    /** Id of the agent */
    user_id: string | number;
    username?: string;
  };
  /** An agent stopped work. */
  'agent.logout': {
    /** Id of the agent */
    user_id: string | number;
    username?: string;
    reason?: string | null;
  };
  /** A call is ringing. */
  'call.incoming': {
    /** Id of the call, the same in all its events */
    unique_id: string;
    caller_id: string;
    destination?: string;
    queue_name?: string | null;
    direction?: string;
  };
  /** A call was answered. */
  'call.answered': {
    /** Id of the call, the same in all its events */
    unique_id: string;
    caller_id?: string;
    destination?: string;
    queue_name?: string | null;
    direction?: string;
    /** Id of the agent who answered it */
    user_id?: string | number | null;
  };
  /** A call ended. */
  'call.ended': {
    /** Id of the call, the same in all its events */
    unique_id: string;
    caller_id?: string;
    destination?: string;
    queue_name?: string | null;
    direction?: string;
    reason?: string | null;
  };
  /** A call was transferred. */
  'call.transferred': {
    /** Id of the call, the same in all its events */
    unique_id: string;
    caller_id?: string;
    /** New destination of the call */
    destination: string;
    queue_name?: string | null;
    direction?: string;
  };
  /** A call was put on hold. */
  'call.hold': {
    /** Id of the call, the same in all its events */
    unique_id: string;
  };
  /** A call was taken off hold. */
  'call.unhold': {
    /** Id of the call, the same in all its events */
    unique_id: string;
  };
  /** A caller joined a queue. */
  'queue.joined': {
    queue_name: string;
    /** Id of the call */
    unique_id?: string;
    caller_id?: string;
  };
  /** A caller left a queue. */
  'queue.left': {
    queue_name: string;
    /** Id of the call */
    unique_id?: string;
    reason?: string | null;
  };
  /** Statistics of a queue, in fields of your choice. */
  'queue.stats': {
    queue_name: string;
    [member: string]: unknown;
  };
  /** An agent was added to a queue. */
  'queue.member.added': {
    queue_name: string;
    /** Id of the agent */
    user_id: string | number;
  };
  /** An agent was removed from a queue. */
  'queue.member.removed': {
    queue_name: string;
    /** Id of the agent */
    user_id: string | number;
  };
  /** An agent paused in a queue. */
  'queue.member.paused': {
    queue_name: string;
    /** Id of the agent */
    user_id: string | number;
    reason?: string | null;
  };
  /** An agent resumed taking calls from a queue. */
  'queue.member.unpaused': {
    queue_name: string;
    /** Id of the agent */
    user_id: string | number;
  };
  /** A message in a web chat; `session_id` of the event is the id of the chat. */
  'chat.message': {
    text?: string;
  };
  /** A notification for the user in `user_id` of the event; kept in the inbox while that user is offline. */
  'notification': {
    text?: string;
  };
  /** An alert for the whole tenant. */
  'alert': {
    text?: string;
    level?: string;
  };
}
