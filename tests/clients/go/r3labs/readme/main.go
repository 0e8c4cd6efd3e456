package main

import (
	"context"
	"log"
	"os"

	"clients/show"
	"github.com/r3labs/sse/v2"
)

func main() {
	ctx, done := context.WithCancel(context.Background())
	client := sse.NewClient(os.Args[1])
	err := client.SubscribeRawWithContext(ctx, func(message *sse.Event) {
		if show.Show(message.Data).Type == "ended" {
			done()
		}
	})
	if err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}
