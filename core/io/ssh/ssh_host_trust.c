/* Collects accepted keys from pinned keys, authorities, certificates and known_hosts files. */
#include "ssh_host_trust.h"

#include "ssh_certificate.h"
#include "ssh_known_hosts.h"
#include "ssh_wire.h"

#include <time.h>

/* Adds the keys of the lines; returns false at the first line that is not a public key. */
static bool trust_add_lines(Str text, StrVec *out, Arena *arena) {
    Str rest = text, line;
    while (str_next_field(&rest, '\n', &line)) {
        if (str_trim(line).len == 0)
            continue;
        SCOPED(SshKeyRef) key = ssh_key_from_public(line, arena);
        if (!key)
            return false;
        vec_push(arena, out, ssh_key_blob(key, arena));
    }
    return true;
}

/* Skips lines of known_hosts files that libssh cannot parse, such as keys of an unknown type. */
static void trust_add_known(const StrVec *lines, StrVec *out, Arena *arena) {
    vec_each(lines, line) {
        (void)trust_add_lines(*line, out, arena);
    }
}

static SshStatus trust_read_keys(const SshTarget *target, SshHostTrust *out, Arena *arena) {
    *out = (SshHostTrust){.any = target->any_host_key};
    if (target->any_host_key)
        return SSH_DONE;
    if (!trust_add_lines(target->host_key, &out->keys, arena))
        return SSH_BAD_HOST_KEY;
    if (!trust_add_lines(target->host_ca, &out->authorities, arena))
        return SSH_BAD_HOST_CA;
    if (out->keys.count > 0 || out->authorities.count > 0)
        return SSH_DONE;
    if (target->known_hosts.len == 0)
        return SSH_BAD_HOST_KEY;
    out->is_from_files = true;
    SshKnownKeys known =
        ssh_known_hosts_find(target->known_hosts, target->host, target->port, arena);
    trust_add_known(&known.keys, &out->keys, arena);
    trust_add_known(&known.authorities, &out->authorities, arena);
    trust_add_known(&known.revoked, &out->revoked, arena);
    return SSH_DONE;
}

static bool is_of_accepted_type(const SshHostTrust *trust, Str algorithm) {
    vec_each(&trust->keys, blob) {
        Str rest = *blob, type;
        if (!ssh_wire_string(&rest, &type))
            continue;
        if (str_equal(type, STR("ssh-rsa")) ? str_starts_with(algorithm, STR("rsa-sha2-"))
                                            : str_equal(type, algorithm))
            return true;
    }
    return false;
}

static void set_algorithms(SshHostTrust *trust, Arena *arena) {
    static const char *const all[] = {
        "ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256",
    };
    Str list[ARRAY_COUNT(all)];
    size_t count = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
            if (is_of_accepted_type(trust, str_from_cstr(all[i])) == (round == 0))
                list[count++] = str_from_cstr(all[i]);
        }
    }
    trust->algorithms = str_to_cstr(str_join(list, count, STR(","), arena), arena);
}

SshStatus ssh_host_trust_read(const SshTarget *target, SshHostTrust *out, Arena *arena) {
    SshStatus status = trust_read_keys(target, out, arena);
    set_algorithms(out, arena);
    return status;
}

SshStatus ssh_host_trust_check(const SshHostTrust *trust, ssh_key found, SshProblem *problem,
                               Arena *arena) {
    Str blob = ssh_key_blob(found, arena);
    problem->found = ssh_key_fingerprint(blob, arena);
    if (trust->any)
        return SSH_DONE;
    if (str_is_among(blob, trust->revoked.items, trust->revoked.count)) {
        problem->text = STR("a known_hosts file revokes the host key");
        return SSH_HOST_KEY_REVOKED;
    }
    if (str_is_among(blob, trust->keys.items, trust->keys.count))
        return SSH_DONE;
    if (trust->keys.count == 0) {
        problem->text = STR("no known_hosts file has a key of the host");
        return SSH_HOST_KEY_UNKNOWN;
    }
    problem->pinned = ssh_key_fingerprint(trust->keys.items[0], arena);
    problem->text = STR("the host has another key");
    return SSH_HOST_KEY_DIFFERS;
}

SshStatus ssh_host_trust_add(SshHostTrust *trust, Str certificate, Str host, SshProblem *problem,
                             Arena *arena) {
    SshCertificate parsed;
    if (!ssh_certificate_parse(certificate, &parsed, arena)) {
        problem->text = STR("the certificate cannot be read");
        return SSH_HOST_CERTIFICATE;
    }
    problem->found = ssh_key_fingerprint(parsed.authority, arena);
    if (str_is_among(parsed.authority, trust->revoked.items, trust->revoked.count)) {
        problem->text = STR("a known_hosts file revokes the authority of the host certificate");
        return SSH_HOST_KEY_REVOKED;
    }
    SshCertificateUse use = {
        .kind = SSH_CERTIFICATE_HOST,
        .now = (int64_t)time(NULL),
        .authorities = trust->authorities.items,
        .authority_count = trust->authorities.count,
        .host = host,
    };
    problem->text = ssh_certificate_check(&parsed, &use, arena);
    if (problem->text.len > 0)
        return SSH_HOST_CERTIFICATE;
    vec_push(arena, &trust->keys, parsed.key);
    set_algorithms(trust, arena);
    return SSH_DONE;
}
