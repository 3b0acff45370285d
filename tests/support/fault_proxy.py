"""A TCP proxy on the loopback that breaks connections in one way. Bytes are passed on as they
are, so it breaks encrypted ones as well as plain ones.

    with FaultProxy(server_port, "rst-down", up=4000, down=0) as proxy:
        ... connect to proxy.port ...
    proxy.n_connection, proxy.n_broken

    pass         nothing is broken
    rst-accept   reset as soon as it is accepted        fin-accept   closed in order
    rst-hello    reset at the client's first bytes: inside the handshake
    blackhole    accepted and never answered
    rst-up       `up` bytes are passed on to the server, then both sides are reset
    rst-down     once `up` bytes have gone to the server, `down` more bytes of its answer are passed
                 on, then the client's side is reset    fin-down     or closed in order
    stall-down   or kept open and silent

With first=N only the first N connections are broken, the others pass. With down=0 and an `up`
between the bytes of the handshake and those of handshake and request (choose a long body), the
server acts and its whole answer is lost; a server that sends TLS 1.3 session tickets needs an `up`
close to the end of the request. closed_port() is a port where nobody listens.

One thread and one select loop for each connection: a reset is only sent if nobody else holds
the socket."""

import contextlib
import select
import socket
import struct
import threading

MODES = ("pass", "rst-accept", "fin-accept", "rst-hello", "blackhole", "rst-up",
         "rst-down", "fin-down", "stall-down")
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
SLICE = 0.1  # seconds between two looks at whether the test is over


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def reset(side):
    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    side.close()


class FaultProxy:
    def __init__(self, target_port, mode, up=0, down=0, first=None):
        if mode not in MODES:
            raise ValueError(mode)
        self.mode, self.up, self.down, self.first = mode, up, down, first
        self.n_connection = self.n_broken = 0
        self._target = target_port
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SLICE)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _listen(self):
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._listener.accept()
                self.n_connection += 1
                breaks = self.first is None or self.n_connection <= self.first
                mode = self.mode if breaks else "pass"
                self.n_broken += mode != "pass"
                thread = threading.Thread(target=self._serve, args=(client, mode))
                thread.start()
                self._threads.append(thread)

    def _serve(self, client, mode):
        if mode == "rst-accept":
            reset(client)
        elif mode == "fin-accept":
            client.close()
        elif mode == "rst-hello":
            if self._wait([client]):
                client.recv(65536)
            reset(client)
        elif mode == "blackhole":
            self._over.wait()
            client.close()
        else:
            with contextlib.suppress(ConnectionError), client, \
                    socket.create_connection(("127.0.0.1", self._target)) as server:
                self._relay(client, server, mode)

    def _wait(self, sides):
        """Those that can be read; nothing once the test is over."""
        while not self._over.is_set():
            ready, _, _ = select.select(sides, [], [], SLICE)
            if ready:
                return ready
        return []

    def _relay(self, client, server, mode):
        n_up, n_down = 0, 0
        while ready := self._wait([client, server]):
            if client in ready:
                data = client.recv(65536)
                if not data:
                    return
                if mode == "rst-up" and n_up + len(data) >= self.up:
                    server.sendall(data[:self.up - n_up])
                    reset(server)
                    reset(client)
                    return
                server.sendall(data)
                n_up += len(data)
            if server in ready:
                data = server.recv(65536)
                if not data:
                    return
                if mode.endswith("-down") and n_up >= self.up:
                    data = data[:self.down - n_down]
                    n_down += len(data)
                if data:
                    client.sendall(data)
                if mode.endswith("-down") and n_up >= self.up and n_down >= self.down:
                    self._break(client, mode)
                    return

    def _break(self, client, mode):
        if mode == "rst-down":
            reset(client)
        elif mode == "stall-down":
            self._over.wait()
