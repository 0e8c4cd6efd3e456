// npm install http-proxy
import http from 'node:http';
import httpProxy from 'http-proxy';

const proxy = httpProxy.createProxyServer({ target: 'http://127.0.0.1:8080' });
// Otherwise a client that has left is never noticed, and its stream stays open for ever.
proxy.on('proxyReq', (request, _, response) => response.on('close', () => request.destroy()));
// Otherwise a stream that the gateway cuts hangs for ever at the client.
proxy.on('proxyRes', (answer, _, response) => answer.on('close', () => answer.complete || response.destroy()));
proxy.on('error', (_, request, response) => {
  if (!response?.writeHead || response.headersSent) return response?.destroy();
  // A browser's EventSource takes any answer but 200 as the end, so it is told to come again.
  if (request.headers.accept?.startsWith('text/event-stream')) {
    // Readable for a page of another origin, too; and no blank line behind it: libraries would take that for an event.
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Access-Control-Allow-Origin': '*' }).end('retry: 5000\n');
  } else {
    response.writeHead(503, { 'Retry-After': '1' }).end();
  }
});

const server = http.createServer((request, response) => proxy.web(request, response));
// Otherwise no WebSocket gets through.
server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
server.listen(8000, '127.0.0.1');
