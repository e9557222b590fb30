/* Any bytes as a module's source: an accepted source keeps its meaning when it is parsed again, and
 * its displayed form contains no secret. */
#include "fetch.h"
#include "git_address.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(ArenaRef) arena = arena_open("fuzz");
    Diags diags = diags_new(arena);
    SourceAddress address;
    Str text = {(const char *)data, size};
    Str shown = url_redact(text, arena);
    CHECK(str_equal(url_redact(shown, arena), shown));
    if (!module_source_parse(&fetch_table, text, NO_RANGE, &address, arena, &diags)) {
        CHECK(diags_has_errors(&diags));
        return 0;
    }
    CHECK(!str_starts_with(address.subdir, STR("/")) &&
          !str_starts_with(address.subdir, STR("../")) && !str_equal(address.subdir, STR("..")));
    if (strcmp(address.kind->name, "git") != 0)
        return 0;
    GitAddress git;
    const char *problem;
    if (!git_address_parse(address.package, &git, &problem, arena))
        return 0;
    CHECK(!str_starts_with(git.url, STR("-")) && !str_starts_with(git.ref, STR("-")));
    Url url; /* never with "helper::" */
    CHECK(str_starts_with(git.url, STR("/")) || url_parse(git.url, &url));
    return 0;
}
