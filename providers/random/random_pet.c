/* random_pet: a pronounceable name such as "calm-otter". */
#include "attr.h"
#include "map_change.h"
#include "object_builder.h"
#include "random_draw.h"
#include "random_provider.h"

/* clang-format off */
static const char *const adverbs[] = {
    "always", "barely", "boldly", "brightly", "briskly", "calmly", "clearly", "closely",
    "daily", "deeply", "early", "easily", "evenly", "fairly", "firmly", "freely", "freshly",
    "fully", "gently", "gladly", "greatly", "highly", "jointly", "kindly", "largely",
    "lately", "lightly", "lively", "loosely", "mainly", "mildly", "mostly", "nearly",
    "neatly", "newly", "nicely", "notably", "openly", "partly", "plainly", "promptly",
    "purely", "quickly", "quietly", "rarely", "really", "richly", "safely", "sharply",
    "shortly", "simply", "slowly", "smoothly", "softly", "solely", "steadily", "strongly",
    "subtly", "surely", "swiftly", "tightly", "truly", "vastly", "warmly", "wholly", "widely",
    "wisely",
};

static const char *const adjectives[] = {
    "able", "agile", "alert", "amber", "ample", "apt", "aware", "bold", "brave", "breezy",
    "brief", "bright", "brisk", "calm", "candid", "careful", "casual", "charming", "chief",
    "clean", "clear", "clever", "coastal", "cool", "cosy", "crisp", "curious", "daring",
    "dear", "deft", "dusty", "eager", "early", "earnest", "easy", "elder", "elegant", "even",
    "exact", "fair", "famous", "fancy", "fast", "fine", "firm", "fluent", "fond", "frank",
    "free", "fresh", "gentle", "glad", "golden", "good", "grand", "great", "handy", "happy",
    "hardy", "hearty", "helpful", "honest", "humble", "ideal", "jolly", "just", "keen",
    "kind", "lasting", "light", "lively", "loyal", "lucky", "lunar", "mellow", "merry",
    "mighty", "mild", "modern", "modest", "neat", "nimble", "noble", "novel", "open",
    "patient", "placid", "plain", "polite", "prime", "proper", "proud", "quick", "quiet",
    "rapid", "ready", "rich", "robust", "rosy", "rustic", "safe", "sage", "sharp", "shiny",
    "silent", "simple", "sincere", "sleek", "smart", "smooth", "sober", "solar", "solid",
    "sound", "spry", "stable", "steady", "stellar", "still", "strong", "sturdy", "subtle",
    "sunny", "swift", "tender", "tidy", "tough", "tranquil", "trusty", "upbeat", "urban",
    "valid", "vivid", "warm", "wise", "witty", "worthy", "young", "zesty",
};

static const char *const animals[] = {
    "adder", "albatross", "alpaca", "ant", "antelope", "badger", "barnacle", "bass", "bat",
    "bear", "beaver", "bee", "beetle", "bison", "bluejay", "boar", "bobcat", "buffalo",
    "bunting", "buzzard", "camel", "caribou", "carp", "cat", "catfish", "cheetah", "chipmunk",
    "cicada", "civet", "clam", "cobra", "cod", "condor", "coral", "cougar", "cow", "coyote",
    "crab", "crane", "cricket", "crow", "cuckoo", "curlew", "deer", "dingo", "dipper",
    "dogfish", "dolphin", "donkey", "dormouse", "dove", "dragonfly", "duck", "dunlin",
    "eagle", "earwig", "eel", "egret", "elk", "emu", "falcon", "ferret", "finch", "firefly",
    "flamingo", "fox", "frog", "gannet", "gazelle", "gecko", "gibbon", "giraffe", "gnu",
    "goat", "goose", "gopher", "grebe", "grouse", "gull", "haddock", "hamster", "hare",
    "hawk", "hedgehog", "heron", "herring", "hippo", "hornet", "horse", "ibex", "ibis",
    "iguana", "impala", "jackal", "jackdaw", "jaguar", "jay", "kestrel", "kite", "kiwi",
    "koala", "lamprey", "lark", "lemming", "lemur", "leopard", "limpet", "linnet", "lion",
    "lizard", "llama", "lobster", "lynx", "macaw", "mackerel", "magpie", "mallard", "manatee",
    "marlin", "marmot", "marten", "martin", "meerkat", "merlin", "mink", "mole", "mongoose",
    "moose", "moth", "mouse", "mule", "mussel", "newt", "nuthatch", "ocelot", "octopus",
    "okapi", "opossum", "orca", "oriole", "osprey", "otter", "owl", "ox", "oyster", "panda",
    "panther", "parrot", "partridge", "pelican", "penguin", "perch", "pheasant", "pigeon",
    "pike", "pipit", "plover", "polecat", "pony", "porpoise", "puffin", "puma", "quail",
    "rabbit", "raccoon", "raven", "reindeer", "robin", "rook", "salmon", "sandpiper", "seal",
    "shark", "sheep", "shrew", "shrike", "shrimp", "skylark", "sloth", "snail", "snipe",
    "sparrow", "sponge", "squid", "squirrel", "starling", "stork", "sturgeon", "swallow",
    "swan", "swift", "tapir", "tern", "thrush", "tiger", "toad", "tortoise", "toucan",
    "trout", "tuna", "turtle", "urchin", "viper", "vole", "walrus", "warbler", "wasp",
    "weasel", "whale", "wombat", "woodpecker", "wren", "yak", "zebra",
};

/* clang-format on */

#define PET_LENGTH_MAX 1000

static Str pet_check_length(Value value, Arena *arena) {
    int64_t length;
    if (value_to_int(value, &length) && length >= 0 && length <= PET_LENGTH_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of words must be an integer from 0 to %d.",
                      PET_LENGTH_MAX);
}

/* clang-format off */
static const Attribute pet_attributes[] = {
    {"length",    &TYPE_NUMBER,        OPTIONAL | COMPUTED | FORCES_NEW, "Number of words; 0 means two.", .default_json = "2", .check = pet_check_length},
    {"separator", &TYPE_STRING,        OPTIONAL | COMPUTED | FORCES_NEW, "Separator between the words.", .default_json = "\"-\""},
    {"prefix",    &TYPE_STRING,        OPTIONAL | FORCES_NEW, "Prefix of the name."},
    {"keepers",   &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any values; a change generates a new name.", .forces_new = map_change_forces_new},
    {"id",        &TYPE_STRING,        COMPUTED, "Name."},
};
/* clang-format on */

#define DRAW_WORD(words) str_from_cstr((words)[random_draw_below(ARRAY_COUNT(words))])

/* Returns adverbs up to the length, then an adjective and an animal. */
static Str draw_name(Value planned, Arena *arena) {
    int64_t length = object_int(planned, "length", 2);
    VEC(Str) parts = {0};
    Str prefix = object_text(planned, "prefix", STR_EMPTY);
    if (prefix.len > 0)
        vec_push(arena, &parts, prefix);
    for (int64_t left = length; left > 2; left--) {
        vec_push(arena, &parts, DRAW_WORD(adverbs));
    }
    if (length != 1)
        vec_push(arena, &parts, DRAW_WORD(adjectives));
    vec_push(arena, &parts, DRAW_WORD(animals));
    return str_join(parts.items, parts.count, object_text(planned, "separator", STR("-")), arena);
}

static bool pet_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                       Diags *) {
    response->state = object_with_text(request->planned, "id",
                                       draw_name(request->planned, call->arena), call->arena);
    return true;
}

const ResourceType random_pet = {
    .name = "random_pet",
    .schema = {SCHEMA_ATTRIBUTES(pet_attributes), .description = "A name of random words."},
    .effect = EFFECT_NONE,
    .create = pet_create,
    .update = random_update,
};
