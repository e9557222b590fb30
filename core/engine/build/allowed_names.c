/* A table of the names that are not blocks, with their attributes. */
#include "allowed_names.h"

typedef struct PlaceName {
    const char *root;
    ReferenceKind kind;
    const char *attributes[4];
    const char *listed; /* attributes, as listed in messages */
} PlaceName;

static const PlaceName names[] = {
    {"count",     REFERENCE_COUNT,     {"index"},                                "\"index\""                       },
    {"each",      REFERENCE_EACH,      {"key", "value"},                         "\"key\" and \"value\""           },
    {"path",      REFERENCE_PATH,      {"module", "root", "cwd"},                "\"module\", \"root\" and \"cwd\""},
    {"terraform", REFERENCE_TERRAFORM, {"workspace", "applying"},                "\"workspace\""                   },
    {"tofu",      REFERENCE_TERRAFORM, {"workspace", "applying"},                "\"workspace\""                   },
    {"loam",
     REFERENCE_TERRAFORM,              {"workspace", "applying", "environment"},
     "\"workspace\" and \"environment\""                                                                           },
};

static const PlaceName *find_name(Str root) {
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (str_equal_cstr(root, names[i].root))
            return &names[i];
    return NULL;
}

AllowedNames allowed_names_of(const Expr *count, const Expr *for_each) {
    return (AllowedNames){.repetition = count      ? REPEAT_COUNT
                                        : for_each ? REPEAT_EACH
                                                   : REPEAT_NONE};
}

static bool refuse_repetition(const Reference *reference, Diags *diags) {
    bool is_count = reference->kind == REFERENCE_COUNT;
    diags_error(diags, reference->range,
                is_count ? "Reference to \"count\" in non-counted context"
                         : "Reference to \"each\" in context without for_each",
                "\"%s.%.*s\" can be used only in a block where \"%s\" is set.",
                is_count ? "count" : "each", STR_ARG(reference->name),
                is_count ? "count" : "for_each");
    return false;
}

static bool refuse_attribute(const PlaceName *name,
                             Str attribute,
                             SourceRange range,
                             Diags *diags) {
    Str summary = str_format(diags->arena, "Invalid \"%s\" attribute", name->root);
    diags_error(diags, range, str_to_cstr(summary, diags->arena),
                "\"%s\" has no attribute \"%.*s\"; it has %s.", name->root, STR_ARG(attribute),
                name->listed);
    return false;
}

static bool check_attribute(const Reference *reference, Diags *diags) {
    const PlaceName *name = find_name(reference->traversal->root);
    for (size_t i = 0; i < ARRAY_COUNT(name->attributes) && name->attributes[i]; i++)
        if (str_equal_cstr(reference->name, name->attributes[i]))
            return true;
    return refuse_attribute(name, reference->name, reference->range, diags);
}

bool allowed_names_check(AllowedNames place, const Reference *reference, Diags *diags) {
    switch (reference->kind) {
    case REFERENCE_COUNT:
        return check_attribute(reference, diags) &&
               (place.repetition == REPEAT_COUNT || refuse_repetition(reference, diags));
    case REFERENCE_EACH:
        return check_attribute(reference, diags) &&
               (place.repetition == REPEAT_EACH || refuse_repetition(reference, diags));
    case REFERENCE_SELF:
        if (place.allows_self)
            return true;
        diags_error(diags, reference->range, "Invalid \"self\" reference",
                    "\"self\" refers to the object of a postcondition, a provisioner or a "
                    "connection, and cannot be used elsewhere.");
        return false;
    case REFERENCE_PATH:
    case REFERENCE_TERRAFORM: return check_attribute(reference, diags);
    case REFERENCE_VARIABLE:
    case REFERENCE_LOCAL:
    case REFERENCE_RESOURCE:
    case REFERENCE_MODULE: break;
    }
    return true;
}

void allowed_names_reject_root(const Traversal *traversal, Diags *diags) {
    const PlaceName *name = find_name(traversal->root);
    size_t before = diags->count;
    if (name)
        (void)refuse_attribute(name, STR_EMPTY, NO_RANGE, diags);
    else if (str_equal_cstr(traversal->root, "var") || str_equal_cstr(traversal->root, "local"))
        diags_error(diags, NO_RANGE, "Reference to an object without a name",
                    "\"%.*s\" refers to all objects of its kind. Add the name of one of them.",
                    STR_ARG(traversal->root));
    diags_set_subject(diags, before, DIAG_NAME);
}
