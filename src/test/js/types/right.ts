// Every line must be accepted.
import { Switchboard, Unauthorized, SwitchboardError, type EventOf, type Status } from '@switchboard/client';
import { presence } from '@switchboard/client/presence';
import { tail } from '@switchboard/client/tail';
import { visitor } from '@switchboard/client/visitors';
import { SwitchboardProvider, useEvent, useKept, usePresence, useStatus } from '@switchboard/client/react';

declare module '@switchboard/client' {
  interface EventMap {
    'order.shipped': { order_id: string };
  }
}

const client = new Switchboard('https://events.example.com', {
  token: async ({ reason }) => {
    if (reason === 'expired') throw new Unauthorized();
    return (await fetch('/token')).text();
  },
  events: ['call.*'],
  load: async ({ position, signal }) => void (await fetch(`/state?after=${position}`, { signal })),
});

client.on('call.incoming', (event) => event.payload.caller_id.toUpperCase());
client.on('call.*', (event) => {
  const id: string = 'unique_id' in event.payload ? event.payload.unique_id : '';
  if (event.type === 'call.transferred') event.payload.destination.length;
  return id;
});
client.on('queue.member.*', (event) => event.payload.user_id);
client.on('*', (event) => event.type);
client.on('order.shipped', (event) => event.payload.order_id.length);
client.on('something.else', (event) => event.payload.whatever);
client.on('queue.stats', (event) => [event.payload.queue_name, event.payload['waiting']]);
client.on('status', (status: Status) => status.retryAt ?? 0);
client.on('resync', ({ reason }) => reason === 'unrecovered');

const published: Promise<{ id: string | null; event_id: string }> = client.publish(
  'chat.message',
  { text: 'hi' },
  { session_id: 's' },
);
client.publish('my.own.type', { anything: 1 });
published.catch((error: unknown) => error instanceof SwitchboardError && error.outcome === 'unknown');

const queues = client.kept<{ waiting: number }>('queues');
for (const [key, event] of queues) key.length + event.payload.waiting;
queues.on('change', ({ key, event }) => (key === null ? 0 : event?.payload.waiting));

presence(client, ['7']).get('7')?.online;
const stop: () => void = tail(client, { webhook_id: 42 }, ({ attempt }) => attempt?.response_code);
stop();
visitor('https://events.example.com', { widgetKey: 'wk', chat: 'c' }).close();

const answered: EventOf<'call.answered'>['payload']['unique_id'] = '1';
answered.length;

export function Board() {
  const { state } = useStatus();
  useEvent('call.incoming', (event) => event.payload.caller_id);
  const size: number = useKept<{ waiting: number }>('queues').size;
  const isOnline = usePresence(['7'])('7')?.online;
  return SwitchboardProvider({
    url: 'https://events.example.com',
    options: { token: 't' },
    children: [state, size, String(isOnline)],
  });
}
