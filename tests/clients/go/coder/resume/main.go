package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"clients/show"
	"github.com/coder/websocket"
)

// read shows what is behind the cursor, moves it on, and says whether that was all.
func read(ctx context.Context, url string, last *int) (bool, error) {
	socket, _, err := websocket.Dial(ctx, fmt.Sprintf("%s?after=%d", url, *last), nil)
	if err != nil {
		return false, err
	}
	defer socket.CloseNow()
	socket.SetReadLimit(2 << 20) // by itself 32 KiB
	for {
		_, message, err := socket.Read(ctx)
		if err != nil {
			return false, err
		}
		event := show.Show(message)
		if event.Seq != nil {
			*last = *event.Seq
		}
		if event.Type == "ended" {
			return true, nil
		}
	}
}

func main() {
	for last := 0; ; time.Sleep(2 * time.Second) {
		done, err := read(context.Background(), os.Args[1], &last)
		if done {
			return
		}
		log.Print(err)
	}
}
