package main

import (
	"context"
	"log"
	"os"

	"clients/show"
	"github.com/coder/websocket"
)

func main() {
	ctx := context.Background()
	socket, _, err := websocket.Dial(ctx, os.Args[1], nil)
	if err != nil {
		log.Fatal(err)
	}
	defer socket.CloseNow()
	for {
		_, message, err := socket.Read(ctx)
		if websocket.CloseStatus(err) == websocket.StatusNormalClosure {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		show.Show(message)
	}
}
