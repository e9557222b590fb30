/* RpcTls: TLS for the connections of a server, with a key and certificate made for this process.
 * Only a client with one given certificate can connect. Functions that move bytes never block. */
#pragma once

#include "str.h"

#include <openssl/ssl.h>

typedef struct RpcTls RpcTls;

/* Returns NULL with the end of a sentence in *problem if the PEM text is no certificate, or a key
 * cannot be made. The caller closes the result. */
RpcTls *rpc_tls_open(Str client_certificate, Str *problem, Arena *arena);
void rpc_tls_close(RpcTls *tls);
/* Returns the server's certificate as DER. */
Str rpc_tls_certificate(const RpcTls *tls);
/* Begins a session on a non-blocking socket. Returns NULL without memory. The caller frees it with
 * SSL_free. */
SSL *rpc_tls_accept(RpcTls *tls, int socket);
/* Return the number of bytes moved, -EAGAIN, or 0 if the connection has ended or failed. */
ssize_t rpc_tls_read(SSL *session, void *out, size_t size);
ssize_t rpc_tls_write(SSL *session, const void *bytes, size_t size);
