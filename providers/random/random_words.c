/* random_words: the word lists. */
#include "random_words.h"

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

RandomWords random_words_adverbs(void) {
    return (RandomWords){adverbs, ARRAY_COUNT(adverbs)};
}

RandomWords random_words_adjectives(void) {
    return (RandomWords){adjectives, ARRAY_COUNT(adjectives)};
}

RandomWords random_words_animals(void) {
    return (RandomWords){animals, ARRAY_COUNT(animals)};
}
