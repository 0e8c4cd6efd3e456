// Does tasks of the kind "triple": each word of {"text": "…"} three times over is a result. Needs only: go get github.com/twmb/franz-go
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

var source = "triple/" + rand.Text() // this process, and not the one before it

type object map[string]any

func work(ctx context.Context, client *kgo.Client, request *kgo.Record) error {
	run, seq := rand.Text(), 0
	say := func(what string, data object) error {
		value, err := json.Marshal(data)
		if err != nil {
			return err
		}
		answer := &kgo.Record{Topic: "response", Partition: request.Partition, Key: request.Key, Value: value}
		for name, text := range map[string]string{
			"ce_specversion": "1.0", "ce_id": rand.Text(), "ce_source": source, "ce_subject": "triple",
			"ce_type": "streamdemo.task." + what, "ce_time": time.Now().UTC().Format(time.RFC3339Nano),
			"ce_run": run, "ce_runseq": strconv.Itoa(seq + 1), "content-type": "application/json",
		} {
			answer.Headers = append(answer.Headers, kgo.RecordHeader{Key: name, Value: []byte(text)})
		}
		if err := client.ProduceSync(ctx, answer).FirstErr(); err != nil {
			return err
		}
		seq++ // one that was refused takes no number
		return nil
	}
	if err := say("started", object{}); err != nil {
		return err
	}
	results := func() error {
		var payload struct{ Text *string }
		if err := json.Unmarshal(request.Value, &payload); err != nil {
			return err
		}
		if payload.Text == nil {
			return errors.New("text is missing")
		}
		for _, word := range strings.Fields(*payload.Text) {
			time.Sleep(200 * time.Millisecond) // the long part
			if err := say("result", object{"word": strings.Repeat(word, 3)}); err != nil {
				return err
			}
		}
		return nil
	}
	end := object{"status": "succeeded"}
	if err := results(); err != nil {
		var ofKafka *kerr.Error
		if errors.As(err, &ofKafka) && !errors.Is(err, kerr.MessageTooLarge) {
			return err
		}
		end = object{"status": "failed", "error": object{"message": err.Error()}} // of this task, so it ends and not the program
	}
	return say("ended", end)
}

func main() {
	brokers := os.Getenv("BROKERS")
	if brokers == "" {
		brokers = "localhost:9092"
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.ConsumerGroup("triple-processors"),
		kgo.ConsumeTopics("request.triple"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit(),
		kgo.SessionTimeout(10*time.Second), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0))
	if err != nil {
		log.Fatal(err)
	}
	for ctx := context.Background(); ; {
		fetched := client.PollRecords(ctx, 1) // rejoining goes on beside the work
		if err := fetched.Err(); err != nil {
			log.Fatal(err)
		}
		for _, request := range fetched.Records() {
			if err := work(ctx, client, request); err != nil {
				log.Fatal(err)
			}
			if err := client.CommitRecords(ctx, request); err != nil {
				log.Fatal(err)
			}
		}
	}
}
