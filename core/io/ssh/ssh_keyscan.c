/* Implements the first messages of the transport protocol (RFC 4253, RFC 5656).
 *
 * libssh 0.10 never offers the certificate algorithms for host keys. But a server sends its host
 * key in clear text during the key exchange, so this file begins a separate key exchange and stops
 * after the server's reply. The reply is not verified: the caller checks the certificate, and the
 * session must prove that the host has the certified key. */
#include "ssh_keyscan.h"

#include "random.h"
#include "ssh_wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define MESSAGE_KEXINIT    20
#define MESSAGE_ECDH_INIT  30
#define MESSAGE_ECDH_REPLY 31
#define PACKET_MAX         ((size_t)262144)
#define BANNER_MAX         ((size_t)65536)
#define COOKIE_SIZE        ((size_t)16)
#define CURVE25519_SIZE    ((size_t)32)

#define CIPHERS                                                                                    \
    "aes128-ctr,aes256-ctr,chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,"                  \
    "aes256-gcm@openssh.com"
#define MACS                                                                                       \
    "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"

/* The ten lists of KEXINIT, in the order of RFC 4253, section 7.1. */
static const char *const proposal[] = {
    "curve25519-sha256,curve25519-sha256@libssh.org",
    "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
    "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
    "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com",
    CIPHERS,
    CIPHERS,
    MACS,
    MACS,
    "none",
    "none",
    "",
    "",
};

typedef struct Scan {
    int fd;
    const SshDeadline *deadline;
    Arena *arena;
    StrBuf input;
    size_t parsed; /* bytes at the start of the input */
} Scan;

static bool scan_receive(Scan *scan) {
    char piece[4096];
    while (!ssh_socket_wait(scan->fd, POLLIN)) {
        if (ssh_socket_check(scan->deadline) != SSH_DONE)
            return false;
    }
    ssize_t got = recv(scan->fd, piece, sizeof piece, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got <= 0)
        return false;
    strbuf_add(&scan->input, (Str){piece, (size_t)got});
    return true;
}

static bool scan_send(Scan *scan, Str bytes) {
    while (bytes.len > 0) {
        ssize_t sent = send(scan->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) {
            if (ssh_socket_check(scan->deadline) != SSH_DONE)
                return false;
            (void)ssh_socket_wait(scan->fd, POLLOUT);
            continue;
        }
        if (sent <= 0)
            return false;
        bytes = str_after(bytes, (size_t)sent);
    }
    return true;
}

/* Skips the lines before the identification "SSH-2.0-…", and that line. */
static bool scan_banner(Scan *scan) {
    for (;;) {
        Str left = str_after(strbuf_str(&scan->input), scan->parsed);
        size_t end = str_find_char(left, '\n', 0);
        if (end != SIZE_MAX) {
            scan->parsed += end + 1;
            if (str_starts_with(left, STR("SSH-")))
                return true;
        } else if (scan->input.len > BANNER_MAX || !scan_receive(scan)) {
            return false;
        }
    }
}

static bool scan_packet(Scan *scan, Str *payload) {
    for (;;) {
        Str rest = str_after(strbuf_str(&scan->input), scan->parsed);
        uint32_t size;
        if (ssh_wire_uint32(&rest, &size) && (size < 2 || size > PACKET_MAX))
            return false;
        if (rest.len + 4 == scan->input.len - scan->parsed && rest.len >= size) {
            Str body = str_slice(rest, 0, size);
            size_t padding = (unsigned char)body.ptr[0];
            if (padding >= body.len - 1)
                return false;
            scan->parsed += 4 + size;
            *payload = str_slice(body, 1, body.len - padding);
            return true;
        }
        if (!scan_receive(scan))
            return false;
    }
}

static bool send_packet(Scan *scan, Str payload) {
    size_t padding = 8 - (payload.len + 5) % 8;
    if (padding < 4)
        padding += 8;
    StrBuf packet = strbuf_new(scan->arena);
    ssh_wire_add_uint32(&packet, (uint32_t)(1 + payload.len + padding));
    strbuf_add_char(&packet, (char)padding);
    strbuf_add(&packet, payload);
    strbuf_add_repeat(&packet, '\0', padding);
    return scan_send(scan, strbuf_str(&packet));
}

static Str keyscan_random_text(size_t size, Arena *arena) {
    char *bytes = arena_alloc(arena, size);
    random_fill(bytes, size);
    return (Str){bytes, size};
}

static Str key_exchange_init(Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, MESSAGE_KEXINIT);
    strbuf_add(&buf, keyscan_random_text(COOKIE_SIZE, arena));
    for (size_t i = 0; i < ARRAY_COUNT(proposal); i++)
        ssh_wire_add_string(&buf, str_from_cstr(proposal[i]));
    strbuf_add_char(&buf, 0);
    ssh_wire_add_uint32(&buf, 0);
    return strbuf_str(&buf);
}

/* Any 32 bytes are a public key of curve25519, so no key pair is generated. */
static Str ecdh_init(Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, MESSAGE_ECDH_INIT);
    ssh_wire_add_string(&buf, keyscan_random_text(CURVE25519_SIZE, arena));
    return strbuf_str(&buf);
}

/* Returns whether the server's KEXINIT offers a host key algorithm for certificates. */
static bool offers_certificate(Str payload) {
    Str rest = str_after(payload, 1 + COOKIE_SIZE), exchanges, host_keys;
    return ssh_wire_string(&rest, &exchanges) && ssh_wire_string(&rest, &host_keys) &&
           str_find(host_keys, STR("-cert-v01@openssh.com"), 0) != SIZE_MAX;
}

static bool next_message(Scan *scan, uint8_t type, Str *payload) {
    do {
        if (!scan_packet(scan, payload))
            return false;
    } while ((uint8_t)payload->ptr[0] != type);
    return true;
}

SshStatus ssh_keyscan_certificate(int fd, const SshDeadline *deadline, Str *out,
                                  SshProblem *problem, Arena *arena) {
    Scan scan = {.fd = fd, .deadline = deadline, .arena = arena, .input = strbuf_new(arena)};
    Str payload;
    problem->text = STR("the key exchange for the host certificate failed");
    if (!scan_send(&scan, STR("SSH-2.0-loam\r\n")) || !scan_banner(&scan) ||
        !send_packet(&scan, key_exchange_init(arena)) ||
        !next_message(&scan, MESSAGE_KEXINIT, &payload))
        return SSH_NO_HANDSHAKE;
    if (!offers_certificate(payload)) {
        problem->text = STR("the server has no host certificate");
        return SSH_HOST_CERTIFICATE;
    }
    if (!send_packet(&scan, ecdh_init(arena)) || !next_message(&scan, MESSAGE_ECDH_REPLY, &payload))
        return SSH_NO_HANDSHAKE;
    Str rest = str_after(payload, 1);
    return ssh_wire_string(&rest, out) ? SSH_DONE : SSH_NO_HANDSHAKE;
}
