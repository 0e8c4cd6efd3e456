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
	// What is larger than its buffer, 64 KiB by itself, would not come, and without an error.
	client := sse.NewClient(os.Args[1], sse.ClientMaxBufferSize(2<<20))
	err := client.SubscribeRawWithContext(ctx, func(message *sse.Event) {
		if show.Show(message.Data).Type == "ended" {
			done()
		}
	})
	if err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}
