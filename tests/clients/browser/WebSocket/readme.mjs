import { show } from "../show.mjs";

const socket = new WebSocket(location.hash.slice(1));
socket.onmessage = ({ data }) => show(data);
