package main

import (
	"context"
	"log"
	"os"
	"time"

	"clients/show"
	"github.com/r3labs/sse/v2"
)

func main() {
	ctx, done := context.WithCancel(context.Background())
	// What is larger than its buffer, 64 KiB by itself, would not come, and without an error.
	client := sse.NewClient(os.Args[1], sse.ClientMaxBufferSize(2<<20))
	for ctx.Err() == nil { // it comes back by itself, but not after a proper end, which may be a proxy's
		err := client.SubscribeRawWithContext(ctx, func(message *sse.Event) {
			if len(message.Data) == 0 {
				return // a block that is no event
			}
			if show.Show(message.Data).Type == "ended" {
				done()
			}
		})
		if err != nil && ctx.Err() == nil {
			log.Print(err)
		}
		time.Sleep(2 * time.Second)
	}
}
