/* foreign_source: maps addresses to opened providers; a provider that failed is not started again.
 */
#include "foreign_source.h"

#include "foreign_provider.h"

typedef struct Entry {
    ForeignProvider *provider; /* NULL: the start failed with `errors` */
    Diags errors;
} Entry;

typedef struct ForeignSource {
    ProviderSource table;
    const ForeignLocator *locator;
    const Io *io;
    const CancelToken *cancel;
    Arena *arena;
    Map names;     /* name → Entry; an entry of NULL fields: not served by this source */
    Map addresses; /* address → Entry */
} ForeignSource;

static Entry none;

static Entry *source_open_place(ForeignSource *source, const ForeignLocation *place) {
    Entry *entry = map_find(&source->addresses, place->address);
    if (entry)
        return entry;
    ForeignProgram program = {.cancel = source->cancel,
                              .name = registry_short_name(place->address),
                              .program = place->program,
                              .descriptor = place->descriptor,
                              .socket = place->socket,
                              .protocol = place->protocol};
    entry = arena_new(source->arena, Entry);
    entry->errors = diags_new(source->arena);
    entry->provider = foreign_provider_open(place->address, &program, source->io, &entry->errors);
    map_put(source->arena, &source->addresses, str_clone(place->address, source->arena), entry);
    return entry;
}

static bool source_find_provider_entry(ForeignSource *source, Str name, bool is_row, Entry **out,
                                       Diags *diags) {
    ForeignLocation place = {0};
    bool is_found = false;
    *out = map_find(&source->names, name);
    if (*out)
        return true;
    if (!source->locator->locate(source->locator->self, name, is_row, &place, &is_found,
                                 source->arena, diags))
        return false;
    *out = is_found ? source_open_place(source, &place) : &none;
    map_put(source->arena, &source->names, str_clone(name, source->arena), *out);
    return true;
}

static bool source_find(void *self, Str name, bool is_row, const Provider **out, SourceRange range,
                        Diags *diags) {
    Entry *entry;
    size_t before = diags->count;
    if (!source_find_provider_entry(self, name, is_row, &entry, diags))
        return false;
    if (entry == &none)
        return true;
    if (entry->provider) {
        *out = &entry->provider->provider;
        return true;
    }
    diags_append(diags, &entry->errors);
    diags_set_range(diags, before, range);
    return false;
}

const ProviderSource *foreign_source_open(const ForeignLocator *locator, const Io *io,
                                          const CancelToken *cancel) {
    Arena *arena = arena_open("foreign providers");
    ForeignSource *source = arena_new(arena, ForeignSource);
    *source = (ForeignSource){.table = {source, source_find},
                              .locator = locator,
                              .io = io,
                              .cancel = cancel,
                              .arena = arena};
    return &source->table;
}

void foreign_source_close(const ProviderSource *opened) {
    if (!opened)
        return;
    const ForeignSource *source = opened->self;
    map_each(&source->addresses, entry) {
        const Entry *known = entry->value;
        if (known->provider)
            foreign_provider_close(known->provider);
    }
    arena_close(source->arena);
}
