#include "provider_address.h"

#include "utf8.h"

static size_t slash_count(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '/';
    return count;
}

static Str address_complete(Str name, const char *namespace, Arena *arena) {
    size_t slashes = slash_count(name);
    if (slashes == 0)
        return str_format(arena, PROVIDER_DEFAULT_HOST "/%s/%.*s", namespace, STR_ARG(name));
    if (slashes == 1)
        return str_format(arena, PROVIDER_DEFAULT_HOST "/%.*s", STR_ARG(name));
    return str_clone(name, arena);
}

Str provider_address_complete(Str name, Arena *arena) {
    return utf8_lower(address_complete(name, "hashicorp", arena), arena);
}

Str provider_address_pattern(Str name, Arena *arena) {
    return utf8_lower(address_complete(name, "*", arena), arena);
}

void provider_address_split(Str address, Str *host, Str *namespace, Str *type) {
    Str rest = address;
    *host = *namespace = *type = STR_EMPTY;
    (void)(str_next_field(&rest, '/', host) && str_next_field(&rest, '/', namespace));
    *type = rest;
}

static bool is_part(Str part, bool is_host) {
    if (part.len == 0 || part.len > 253)
        return false;
    for (size_t i = 0; i < part.len; i++) {
        unsigned char c = (unsigned char)part.ptr[i];
        bool is_letter = c < 0x80 && isalnum(c);
        bool is_joint = c == '-' || c == '_' || (is_host && (c == '.' || c == ':'));
        if (!is_letter && (!is_joint || i == 0 || i + 1 == part.len))
            return false;
    }
    return true;
}

bool provider_address_is_complete(Str text) {
    Str host, namespace, type;
    provider_address_split(text, &host, &namespace, &type);
    return is_part(host, true) && str_find(host, STR(".."), 0) == SIZE_MAX &&
           is_part(namespace, false) && is_part(type, false);
}

Str provider_address_shown(Str address) {
    Str prefix = STR(PROVIDER_DEFAULT_HOST "/");
    return str_starts_with(address, prefix) ? str_after(address, prefix.len) : address;
}

Str provider_address_platform(void) {
#if defined(__aarch64__)
    return STR("linux_arm64");
#elif defined(__x86_64__)
    return STR("linux_amd64");
#elif defined(__arm__)
    return STR("linux_arm");
#else
    return STR("linux_386");
#endif
}
