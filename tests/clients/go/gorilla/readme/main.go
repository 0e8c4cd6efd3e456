package main

import (
	"log"
	"os"

	"clients/show"
	"github.com/gorilla/websocket"
)

func main() {
	socket, _, err := websocket.DefaultDialer.Dial(os.Args[1], nil)
	if err != nil {
		log.Fatal(err)
	}
	defer socket.Close()
	for {
		_, message, err := socket.ReadMessage()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		show.Show(message)
	}
}
