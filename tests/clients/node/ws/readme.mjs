import WebSocket from "ws";
import { show } from "../show.mjs";

const socket = new WebSocket(process.argv[2]);
socket.on("error", console.error);
socket.on("message", (data) => show(data.toString()));
