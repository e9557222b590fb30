/* Reads known_hosts text line by line. */
#include "ssh_known_hosts.h"

#include "base64.h"
#include "digest.h"

#include <ctype.h>

/* Moves the next field, separated by white space, from *rest to *out; returns false at the end. */
static bool next_field(Str *rest, Str *out) {
    size_t start = 0, end;
    while (start < rest->len && isspace((unsigned char)rest->ptr[start]))
        start++;
    for (end = start; end < rest->len && !isspace((unsigned char)rest->ptr[end]);)
        end++;
    *out = str_slice(*rest, start, end);
    *rest = str_after(*rest, end);
    return out->len > 0;
}

/* Returns whether "|1|SALT|HASH" is the hash of the name. */
static bool matches_hash(Str field, Str name, Arena *arena) {
    Str rest = str_after(field, 3), salt_text, hash_text, salt, hash;
    if (!str_next_field(&rest, '|', &salt_text) || !str_next_field(&rest, '|', &hash_text))
        return false;
    return base64_decode(salt_text, &salt, arena) && base64_decode(hash_text, &hash, arena) &&
           str_equal(digest_hmac(DIGEST_SHA1, salt, name, arena), hash);
}

/* A negated pattern that matches excludes the host, whatever else matches. */
static bool matches_names(Str field, Str name, Arena *arena) {
    Str rest = field, pattern;
    bool matches = false;
    if (str_starts_with(field, STR("|1|")))
        return matches_hash(field, name, arena);
    while (str_next_field(&rest, ',', &pattern)) {
        bool is_negated = str_starts_with(pattern, STR("!"));
        if (!ssh_match_pattern(str_after(pattern, is_negated ? 1 : 0), name))
            continue;
        if (is_negated)
            return false;
        matches = true;
    }
    return matches;
}

static Str to_lower(Str text, Arena *arena) {
    char *copy = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = (char)tolower((unsigned char)text.ptr[i]);
    return (Str){copy, text.len};
}

static SshKnownKeys hosts_find_name(Str text, Str name, Arena *arena) {
    SshKnownKeys found = {0};
    Str rest = text, line;
    while (str_next_field(&rest, '\n', &line)) {
        Str names, type, key, marker = STR_EMPTY;
        if (!next_field(&line, &names) || names.ptr[0] == '#')
            continue;
        if (names.ptr[0] == '@') {
            marker = names;
            if (!next_field(&line, &names))
                continue;
        }
        if (!next_field(&line, &type) || !next_field(&line, &key) ||
            !matches_names(names, name, arena))
            continue;
        Str known = str_format(arena, "%.*s %.*s", STR_ARG(type), STR_ARG(key));
        if (marker.len == 0)
            vec_push(arena, &found.keys, known);
        else if (str_equal(marker, STR("@cert-authority")))
            vec_push(arena, &found.authorities, known);
        else if (str_equal(marker, STR("@revoked")))
            vec_push(arena, &found.revoked, known);
    }
    return found;
}

SshKnownKeys ssh_known_hosts_find(Str text, Str host, uint16_t port, Arena *arena) {
    Str plain = to_lower(host, arena);
    if (port == 22)
        return hosts_find_name(text, plain, arena);
    SshKnownKeys found =
        hosts_find_name(text, str_format(arena, "[%.*s]:%u", STR_ARG(plain), port), arena);
    if (found.keys.count > 0 || found.authorities.count > 0)
        return found;
    /* As in OpenSSH: without a line for the port, lines without a port apply. */
    SshKnownKeys fallback = hosts_find_name(text, plain, arena);
    vec_each(&found.revoked, line) {
        vec_push(arena, &fallback.revoked, *line);
    }
    return fallback;
}

/* Matches without recursion: after a mismatch, the last "*" matches one more character. */
bool ssh_match_pattern(Str pattern, Str name) {
    size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || tolower((unsigned char)pattern.ptr[p]) ==
                                                 tolower((unsigned char)name.ptr[n]))) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}
