// The Go client amqp091-go against a broker.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	client         = "amqp091-go"
	largeBodyBytes = 3*1024*1024 + 17
	waitLimit      = 10 * time.Second
)

var (
	url         = os.Getenv("AMQP_URL")
	runID       = fmt.Sprintf("%x", time.Now().UnixNano())
	failedCount = 0
)

func named(what string) string { return "interop." + client + "." + runID + "." + what }

type session struct{ connection *amqp.Connection }

func dial() *session { return &session{got(amqp.Dial(url))} }

func (s *session) withChannel(use func(*amqp.Channel)) {
	channel := got(s.connection.Channel())
	defer channel.Close()
	use(channel)
}

func (s *session) withQueue(what string, use func(*amqp.Channel, string)) {
	queue := named(what)
	s.withChannel(func(channel *amqp.Channel) {
		got(channel.QueueDeclare(queue, false, false, false, false, nil))
		must(channel.Confirm(false))
		use(channel, queue)
	})
	s.withChannel(func(channel *amqp.Channel) { got(channel.QueueDelete(queue, false, false, false)) })
}

func (s *session) count(queue string) (messages int) {
	s.withChannel(func(channel *amqp.Channel) {
		messages = got(channel.QueueDeclarePassive(queue, false, false, false, false, nil)).Messages
	})
	return messages
}

// publish waits for the broker's confirm.
func publish(channel *amqp.Channel, exchange, key string, message amqp.Publishing) {
	confirmation := got(channel.PublishWithDeferredConfirm(exchange, key, true, false, message))
	select {
	case <-confirmation.Done():
		equal("confirmed", confirmation.Acked(), true)
	case <-time.After(waitLimit):
		panic("timed out: a confirm")
	}
}

func publishNumbered(channel *amqp.Channel, queue string, count int) {
	for number := 0; number < count; number++ {
		publish(channel, "", queue, amqp.Publishing{Body: body(number), DeliveryMode: amqp.Persistent})
	}
}

func body(number int) []byte { return []byte(fmt.Sprintf("message %d", number)) }

func (s *session) declare() {
	s.withChannel(func(channel *amqp.Channel) {
		queue, source, exchange := named("declare"), named("source"), named("exchange")
		must(channel.ExchangeDeclare(source, amqp.ExchangeFanout, false, false, false, false, nil))
		must(channel.ExchangeDeclare(exchange, amqp.ExchangeTopic, true, false, false, false, nil))
		must(channel.ExchangeDeclarePassive(exchange, amqp.ExchangeTopic, true, false, false, false, nil))
		declared := got(channel.QueueDeclare(queue, true, false, false, false, nil))
		equal("queue.declare-ok", declared, amqp.Queue{Name: queue})
		must(channel.ExchangeBind(exchange, "", source, false, nil))
		must(channel.QueueBind(queue, "a.#", exchange, false, nil))
		must(channel.Confirm(false))
		publish(channel, source, "a.b.c", amqp.Publishing{Body: []byte("in")})
		publish(channel, source, "b.a", amqp.Publishing{Body: []byte("out")})
		equal("count", s.count(queue), 1)
		serverNamed := got(channel.QueueDeclare("", false, false, true, false, nil))
		equal("server-named", strings.HasPrefix(serverNamed.Name, "amq.gen-"), true)
		must(channel.QueueUnbind(queue, "a.#", exchange, nil))
		must(channel.ExchangeUnbind(exchange, "", source, false, nil))
		must(channel.ExchangeDelete(source, true, false))
		must(channel.ExchangeDelete(exchange, true, false))
		equal("purged", got(channel.QueuePurge(queue, false)), 1)
		equal("deleted", got(channel.QueueDelete(queue, true, true, false)), 0)
	})
}

func (s *session) publishConfirm() {
	s.withQueue("confirm", func(channel *amqp.Channel, queue string) {
		confirms := channel.NotifyPublish(make(chan amqp.Confirmation, 100))
		for number := 0; number < 100; number++ {
			must(channel.Publish("", queue, false, false, amqp.Publishing{Body: body(number), DeliveryMode: amqp.Persistent}))
		}
		for number := 1; number <= 100; number++ {
			equal("confirm", receive(confirms, "a confirm"), amqp.Confirmation{DeliveryTag: uint64(number), Ack: true})
		}
		equal("count", s.count(queue), 100)
	})
}

func (s *session) consumeAck() {
	s.withQueue("consume", func(channel *amqp.Channel, queue string) {
		publishNumbered(channel, queue, 10)
		deliveries := got(channel.Consume(queue, "tag", false, true, false, false, nil))
		for number := 0; number < 10; number++ {
			delivery := receive(deliveries, "a delivery")
			equal("body", delivery.Body, body(number))
			equal("redelivered", delivery.Redelivered, false)
			must(delivery.Ack(false))
		}
		must(channel.Cancel("tag", false))
		equal("count", s.count(queue), 0)
	})
}

func (s *session) reject() {
	s.withQueue("reject", func(channel *amqp.Channel, queue string) {
		publishNumbered(channel, queue, 1)
		deliveries := got(channel.Consume(queue, "tag", false, false, false, false, nil))
		must(receive(deliveries, "the message").Reject(true))
		again := receive(deliveries, "the message again")
		equal("redelivered", again.Redelivered, true)
		must(again.Nack(true, true))
		must(receive(deliveries, "the message a third time").Reject(false))
		quiet(deliveries, "a rejected message came back")
		must(channel.Cancel("tag", false))
		equal("count", s.count(queue), 0)
	})
}

func (s *session) get() {
	s.withQueue("get", func(channel *amqp.Channel, queue string) {
		_, found, err := channel.Get(queue, false)
		must(err)
		equal("found", found, false)
		publishNumbered(channel, queue, 2)
		delivery, found, err := channel.Get(queue, false)
		must(err)
		equal("found", found, true)
		equal("body", delivery.Body, body(0))
		equal("remaining", delivery.MessageCount, uint32(1))
		must(delivery.Ack(false))
		delivery, _, err = channel.Get(queue, true)
		must(err)
		equal("body", delivery.Body, body(1))
	})
}

func (s *session) returned() {
	s.withChannel(func(channel *amqp.Channel) {
		returns := channel.NotifyReturn(make(chan amqp.Return, 1))
		must(channel.Confirm(false))
		key := named("nowhere")
		publish(channel, "", key, amqp.Publishing{Body: []byte("back"), MessageId: "m1"})
		message := receive(returns, "the return")
		equal("reply code", message.ReplyCode, uint16(amqp.NoRoute))
		equal("reply text", message.ReplyText, "NO_ROUTE")
		equal("the message", []string{message.RoutingKey, message.MessageId, string(message.Body)}, []string{key, "m1", "back"})
	})
}

func (s *session) prefetch() {
	s.withQueue("prefetch", func(channel *amqp.Channel, queue string) {
		publishNumbered(channel, queue, 10)
		must(channel.Qos(3, 0, false))
		deliveries := got(channel.Consume(queue, "", false, false, false, false, nil))
		first := receive(deliveries, "a first delivery")
		receive(deliveries, "a second delivery")
		receive(deliveries, "a third delivery")
		quiet(deliveries, "a delivery beyond the prefetch")
		equal("count", s.count(queue), 7)
		must(first.Ack(false))
		receive(deliveries, "a fourth delivery after an ack")
		quiet(deliveries, "a delivery beyond the prefetch")
	})
}

func (s *session) tx() {
	s.withQueue("tx", func(_ *amqp.Channel, queue string) {
		s.withChannel(func(channel *amqp.Channel) {
			must(channel.Tx())
			must(channel.Publish("", queue, false, false, amqp.Publishing{Body: []byte("rolled back")}))
			must(channel.TxRollback())
			must(channel.Publish("", queue, false, false, amqp.Publishing{Body: body(0)}))
			must(channel.Publish("", queue, false, false, amqp.Publishing{Body: body(1)}))
			equal("count before the commit", s.count(queue), 0)
			must(channel.TxCommit())
			equal("count after the commit", s.count(queue), 2)
		})
	})
}

func (s *session) largeBody() {
	s.withQueue("large", func(channel *amqp.Channel, queue string) {
		large := make([]byte, largeBodyBytes)
		for offset := 0; offset+4 <= largeBodyBytes; offset += 4 {
			binary.BigEndian.PutUint32(large[offset:], uint32(offset)*2654435761)
		}
		publish(channel, "", queue, amqp.Publishing{Body: large})
		deliveries := got(channel.Consume(queue, "", true, false, false, false, nil))
		equal("the bodies are the same", bytes.Equal(receive(deliveries, "the delivery").Body, large), true)
	})
}

func (s *session) headers() {
	s.withQueue("headers", func(channel *amqp.Channel, queue string) {
		sent := amqp.Publishing{
			Headers: amqp.Table{
				"bool":    true,
				"byte":    byte(255),
				"int8":    int8(-128),
				"int16":   int16(-32768),
				"int32":   int32(-2147483648),
				"int64":   int64(-9223372036854775808),
				"uint16":  uint16(65535),
				"uint32":  uint32(4294967295),
				"float32": float32(0.5),
				"float64": 0.1,
				"decimal": amqp.Decimal{Scale: 2, Value: -314},
				"string":  "grüße 🐇",
				"bytes":   []byte{0, 255, 1, 254},
				"time":    time.Unix(1700000000, 0),
				"nil":     nil,
				"array":   []any{int32(1), "two", []any{true, nil}, amqp.Table{"three": int16(3)}},
				"table":   amqp.Table{"inner": amqp.Table{"innermost": "x"}, "empty": amqp.Table{}},
			},
			ContentType:     "text/plain",
			ContentEncoding: "utf-8",
			DeliveryMode:    amqp.Persistent,
			Priority:        5,
			CorrelationId:   "correlation",
			ReplyTo:         "reply",
			Expiration:      "60000",
			MessageId:       "id",
			Timestamp:       time.Unix(1700000001, 0),
			Type:            "type",
			AppId:           "app",
			Body:            []byte("x"),
		}
		publish(channel, "", queue, sent)
		d, _, err := channel.Get(queue, true)
		must(err)
		for key, value := range sent.Headers {
			equal("header "+key, d.Headers[key], value)
		}
		equal("number of headers", len(d.Headers), len(sent.Headers))
		equal("properties", amqp.Publishing{
			Headers: sent.Headers, ContentType: d.ContentType, ContentEncoding: d.ContentEncoding,
			DeliveryMode: d.DeliveryMode, Priority: d.Priority, CorrelationId: d.CorrelationId, ReplyTo: d.ReplyTo,
			Expiration: d.Expiration, MessageId: d.MessageId, Timestamp: d.Timestamp, Type: d.Type, AppId: d.AppId,
			Body: d.Body,
		}, sent)
	})
}

func heartbeat() {
	idle := got(amqp.DialConfig(url, amqp.Config{Heartbeat: time.Second}))
	equal("negotiated heartbeat", idle.Config.Heartbeat, time.Second)
	closed := idle.NotifyClose(make(chan *amqp.Error, 1))
	select {
	case reason := <-closed:
		panic(reason)
	case <-time.After(5500 * time.Millisecond):
	}
	got(got(idle.Channel()).QueueDeclare("", false, false, true, false, nil))
	must(idle.Close())
}

func (s *session) channelError() {
	failsWith := func(code int, use func(*amqp.Channel) error) {
		s.withChannel(func(channel *amqp.Channel) {
			closed := channel.NotifyClose(make(chan *amqp.Error, 1))
			var failure *amqp.Error
			if !errors.As(use(channel), &failure) {
				panic(fmt.Errorf("no error, expected %d", code))
			}
			equal("code", failure.Code, code)
			equal("code of the close", receive(closed, "the close").Code, code)
		})
	}
	s.withQueue("twice", func(_ *amqp.Channel, queue string) {
		failsWith(amqp.NotFound, func(channel *amqp.Channel) error {
			return channel.QueueBind(queue, "key", named("absent"), false, nil)
		})
		failsWith(amqp.PreconditionFailed, func(channel *amqp.Channel) error {
			_, err := channel.QueueDeclare(queue, true, false, false, false, nil)
			return err
		})
		equal("count", s.count(queue), 0)
	})
}

func (s *session) restart(command string) {
	queue := named("restart")
	s.withChannel(func(channel *amqp.Channel) {
		got(channel.QueueDeclare(queue, true, false, false, false, nil))
		must(channel.Confirm(false))
		publishNumbered(channel, queue, 50)
	})
	closed := s.connection.NotifyClose(make(chan *amqp.Error, 1))
	restart := exec.Command("bash", "-c", command)
	restart.Stdout, restart.Stderr = os.Stderr, os.Stderr
	must(restart.Run())
	receive(closed, "the end of the old connection")
	s.connection = dial().connection
	equal("count", s.count(queue), 50)
	s.withChannel(func(channel *amqp.Channel) {
		deliveries := got(channel.Consume(queue, "", false, false, false, false, nil))
		for number := 0; number < 50; number++ {
			delivery := receive(deliveries, "a message of before the restart")
			equal("body", delivery.Body, body(number))
			equal("delivery mode", delivery.DeliveryMode, uint8(amqp.Persistent))
			must(delivery.Ack(false))
		}
	})
	s.withChannel(func(channel *amqp.Channel) {
		equal("left", got(channel.QueueDelete(queue, false, false, false)), 0)
	})
}

func main() {
	s := dial()
	step("declare", s.declare)
	step("publish-confirm", s.publishConfirm)
	step("consume-ack", s.consumeAck)
	step("reject", s.reject)
	step("get", s.get)
	step("return", s.returned)
	step("prefetch", s.prefetch)
	step("tx", s.tx)
	step("large-body", s.largeBody)
	step("headers", s.headers)
	step("heartbeat", heartbeat)
	step("channel-error", s.channelError)
	if command, ok := os.LookupEnv("BROKER_RESTART"); ok {
		step("restart", func() { s.restart(command) })
	} else {
		fmt.Printf("SKIP %s: restart: BROKER_RESTART is not set\n", client)
	}
	s.connection.Close()
	if failedCount > 0 {
		os.Exit(1)
	}
}
