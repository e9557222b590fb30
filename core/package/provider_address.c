#include "provider_address.h"

#include "utf8.h"

static size_t slash_count(Str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '/';
    return count;
}

static Str host_or_default(Str host) {
    return host.len ? host : STR(PROVIDER_DEFAULT_HOST);
}

static Str address_complete(Str name, Str host, const char *namespace, Arena *arena) {
    size_t slashes = slash_count(name);
    host = host_or_default(host);
    if (slashes == 0)
        name = str_format(arena, "%.*s/%s/%.*s", STR_ARG(host), namespace, STR_ARG(name));
    else if (slashes == 1)
        name = str_format(arena, "%.*s/%.*s", STR_ARG(host), STR_ARG(name));
    return utf8_lower(name, arena);
}

Str provider_address_complete(Str name, Str host, Arena *arena) {
    return address_complete(name, host, "hashicorp", arena);
}

Str provider_address_pattern(Str name, Str host, Arena *arena) {
    return address_complete(name, host, "*", arena);
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

Str provider_address_shown(Str address, Str host) {
    size_t slash = str_find_char(address, '/', 0);
    bool is_default =
        slash != SIZE_MAX && str_equal(str_slice(address, 0, slash), host_or_default(host));
    return is_default ? str_after(address, slash + 1) : address;
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
