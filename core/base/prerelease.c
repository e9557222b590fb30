/* prerelease: compares identifier by identifier. */
#include "prerelease.h"

static int compare_identifiers(Str a, Str b) {
    uint64_t m;
    uint64_t n;
    bool is_number = str_to_uint64(a, &m);
    bool is_other_number = str_to_uint64(b, &n);
    if (is_number && is_other_number)
        return (m > n) - (m < n);
    if (is_number != is_other_number)
        return is_number ? -1 : 1;
    return str_compare(a, b);
}

int prerelease_compare(Str a, Str b) {
    if (!a.len || !b.len)
        return (a.len == 0) - (b.len == 0);
    while (a.len && b.len) {
        Str x;
        Str y;
        int order = str_next_field(&a, '.', &x) && str_next_field(&b, '.', &y)
                        ? compare_identifiers(x, y)
                        : 0;
        if (order)
            return order;
    }
    return (a.len > 0) - (b.len > 0);
}
