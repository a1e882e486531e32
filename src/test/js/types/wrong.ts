// Every line below a comment with an error must be refused.
import { Switchboard } from '@switchboard/client';
import { tail } from '@switchboard/client/tail';
import { visitor } from '@switchboard/client/visitors';
import { useEvent } from '@switchboard/client/react';

const client = new Switchboard('https://events.example.com', { token: 't' });
// error: no such member of the payload
client.on('call.incoming', (event) => event.payload.callerid);
// error: not a member of every call event
client.on('call.*', (event) => event.payload.caller_id);
// error: a number is no text
client.on('call.incoming', (event) => event.payload.caller_id.toFixed(2));
// error: wrong member
client.publish('chat.message', { txt: 'hi' });
// error: wrong type
client.publish('chat.message', { text: 1 });
// error: a required member is missing
client.publish('call.incoming', { unique_id: '1' });
// error: no such option
client.publish('chat.message', {}, { sesion_id: 's' });
// error: a list is needed
new Switchboard('https://events.example.com', { token: 't', events: 'call.*' });
// error: no such reason
client.on('status', (status) => status.reason === 'because');
// error: read-only
client.kept('queues').set('a', 1);
// error: read-only
client.status.state = 'idle';
// error: a number is needed
tail(client, { webhook_id: '42' }, () => {});
// error: the chat is missing
visitor('https://events.example.com', { widgetKey: 'wk' });
// error: no such member of the payload
useEvent('call.incoming', (event) => event.payload.callerid);
