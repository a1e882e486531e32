// Clients for Go: gorilla/websocket, coder/websocket and tmaxmax/go-sse. Each signs in, subscribes, publishes,
// is cut off, and resumes without a hole or a repeat. Environment: URL, TOKEN, SERVICE, TENANT.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	coder "github.com/coder/websocket"
	"github.com/gorilla/websocket"
	"github.com/tmaxmax/go-sse"
)

const patience = 20 * time.Second

var (
	base   = os.Getenv("URL")
	token  = os.Getenv("TOKEN")
	tenant = os.Getenv("TENANT")
)

type message struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Ref     json.RawMessage `json:"ref"`
	Payload json.RawMessage `json:"payload"`
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func require(holds bool, what string, values ...any) {
	if !holds {
		log.Fatalf(what, values...)
	}
}

func call(path, credential string, body any) map[string]any {
	text, err := json.Marshal(body)
	must(err)
	request, err := http.NewRequest("POST", base+path, bytes.NewReader(text))
	must(err)
	request.Header.Set("Authorization", "Bearer "+credential)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	must(err)
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	must(err)
	require(answer.StatusCode < 300, "%s: %d %s", path, answer.StatusCode, read)
	var result map[string]any
	must(json.Unmarshal(read, &result))
	return result
}

func publish(text string) string {
	event := map[string]any{"tenant_id": tenant, "type": "call.incoming", "payload": map[string]string{"text": text}}
	return call("/api/v1/events", os.Getenv("SERVICE"), event)["id"].(string)
}

// A client of one library.
type client interface {
	open(query string)
	send(text string)
	receive() []byte
	cut()
	close()
}

type gorilla struct{ socket *websocket.Conn }

func (g *gorilla) open(query string) {
	dialer := websocket.Dialer{Subprotocols: []string{"switchboard.v1", "bearer." + token}, EnableCompression: true}
	socket, _, err := dialer.Dial(strings.Replace(base, "http", "ws", 1)+"/ws"+query, nil)
	must(err)
	require(socket.Subprotocol() == "switchboard.v1", "subprotocol %q", socket.Subprotocol())
	g.socket = socket
}

func (g *gorilla) send(text string) { must(g.socket.WriteMessage(websocket.TextMessage, []byte(text))) }

func (g *gorilla) receive() []byte {
	must(g.socket.SetReadDeadline(time.Now().Add(patience)))
	kind, data, err := g.socket.ReadMessage()
	must(err)
	require(kind == websocket.TextMessage, "kind %d", kind)
	return data
}

func (g *gorilla) cut() { must(g.socket.NetConn().Close()) }

func (g *gorilla) close() {
	must(g.socket.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "done")))
	_, _, err := g.socket.ReadMessage()
	var closed *websocket.CloseError
	require(errors.As(err, &closed) && closed.Code == 1000, "closed with %v", err)
}

type nhooyr struct{ socket *coder.Conn }

func (n *nhooyr) open(query string) {
	header := http.Header{"Authorization": {"Bearer " + token}}
	options := coder.DialOptions{HTTPHeader: header, CompressionMode: coder.CompressionContextTakeover}
	socket, _, err := coder.Dial(context.Background(), strings.Replace(base, "http", "ws", 1)+"/ws"+query, &options)
	must(err)
	n.socket = socket
}

func (n *nhooyr) send(text string) {
	must(n.socket.Write(context.Background(), coder.MessageText, []byte(text)))
}

func (n *nhooyr) receive() []byte {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, data, err := n.socket.Read(ctx)
	must(err)
	return data
}

func (n *nhooyr) cut() { _ = n.socket.CloseNow() }

func (n *nhooyr) close() { must(n.socket.Close(coder.StatusNormalClosure, "done")) }

// next passes over messages of other types.
func next(c client, kind string) message {
	for {
		data := c.receive()
		var m message
		must(json.Unmarshal(data, &m))
		if m.Type == kind {
			return m
		}
		require(m.Type != "error", "%s", data)
	}
}

func recovered(m message) bool {
	var payload struct{ Recovered bool }
	must(json.Unmarshal(m.Payload, &payload))
	return payload.Recovered
}

func overASocket(c client) {
	long := strings.Repeat("Zoë ", 500)
	c.open("?events=no.such.type")
	next(c, "connected")
	c.send(`{"type":"subscribe","ref":"s","payload":{"events":["call.*","chat.*"]}}`)
	require(string(next(c, "subscribed").Ref) == `"s"`, "another ref")
	c.send(`{"type":"chat.message","ref":2,"session_id":"c","payload":{"text":"` + long + `"}}`)
	require(len(next(c, "published").Payload) > 2, "no id")
	first := publish(long)
	seen := next(c, "call.incoming")
	require(seen.ID == first, "%s is not %s", seen.ID, first)

	c.cut()
	missed := []string{publish("a"), publish("b"), publish("c")}
	c.open("?events=call.*&after=" + seen.ID)
	require(recovered(next(c, "connected")), "not recovered")
	for _, id := range append(missed, publish("live")) {
		got := next(c, "call.incoming").ID
		require(got == id, "%s is not %s", got, id)
	}
	c.close()
}

// overAStream is cut off by its own handler, and then resumes with Last-Event-ID.
func overAStream() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "GET", base+"/api/v1/events/stream?events=call.*", nil)
	must(err)
	request.Header.Set("Authorization", "Bearer "+token)
	var body io.Closer
	answers := 0
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			answers++
			body = answer.Body
		}
		return answer, err
	})
	sseClient := sse.Client{HTTPClient: &http.Client{Transport: transport}, Backoff: sse.Backoff{InitialInterval: 100 * time.Millisecond}}
	connection := sseClient.NewConnection(request)
	var expected []string
	connection.SubscribeMessages(func(event sse.Event) {
		var m message
		if event.Data == "" || json.Unmarshal([]byte(event.Data), &m) != nil {
			return
		}
		switch {
		case m.Type == "connected" && answers == 1:
			expected = []string{publish("seen")}
		case m.Type == "connected":
			require(recovered(m), "not recovered")
		case m.Type == "call.incoming":
			require(len(expected) > 0 && m.ID == expected[0], "%s is not %v", m.ID, expected)
			expected = expected[1:]
			if answers == 1 {
				_ = body.Close()
				expected = []string{publish("a"), publish("b"), publish("c")}
			} else if len(expected) == 0 {
				cancel()
			}
		}
	})
	err = connection.Connect()
	require(errors.Is(err, context.Canceled), "the stream ended: %v", err)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func main() {
	overASocket(&gorilla{})
	fmt.Println("Go, gorilla/websocket, signed in by subprotocol: passed")
	overASocket(&nhooyr{})
	fmt.Println("Go, coder/websocket, signed in by header: passed")
	overAStream()
	fmt.Println("Go, tmaxmax/go-sse: passed")
}
