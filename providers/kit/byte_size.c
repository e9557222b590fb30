/* byte_size: parses and formats sizes of disks. */
#include "byte_size.h"

static bool unit_shift(Str unit, unsigned *shift) {
    static const char letters[] = "KMGT";
    *shift = 0;
    if (unit.len == 0 || str_equal(unit, STR("B")))
        return true;
    const char *letter = memchr(letters, unit.ptr[0], sizeof(letters) - 1);
    Str rest = str_after(unit, 1);
    if (!letter || (rest.len != 0 && !str_equal(rest, STR("iB"))))
        return false;
    *shift = 10 * (unsigned)(letter - letters + 1);
    return true;
}

bool byte_size_parse(Str text, uint64_t *out) {
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    uint64_t number = 0;
    unsigned shift = 0;
    if (!str_to_uint64(str_slice(text, 0, digits), &number))
        return false;
    if (!unit_shift(str_trim(str_after(text, digits)), &shift))
        return false;
    if (number > ((uint64_t)INT64_MAX >> shift))
        return false;
    *out = number << shift;
    return true;
}

Str byte_size_to_str(uint64_t bytes, Arena *arena) {
    return str_format(arena, "%llu", (unsigned long long)bytes);
}
