import type { Taste } from './taste.ts'

const people = {
  given:
    'Maren, Tobin, Isolde, Corwin, Wilda, Anselm, Petra, Lowell, Odile, Fenn, Saskia, Briar, Casimir, Thea, Orla, ' +
    'Jonah, Imke, Rufus, Nell, Ambrose, Delphine, Ivo, Harriet, Ottilie, Lucan, Juniper, Silas, Elke, Marlow, Wren',
  family:
    'Quillmore, Wrenfield, Dunmarrow, Halvern, Pellworth, Costigane, Ostermoor, Fennimar, Tarrowby, Bexwater, ' +
    'Callowen, Stradmoor, Ivelund, Norrewick, Gaunsley, Vantorre, Okelund, Maddenvale, Larkhollow, Thistlewray',
  place:
    'Harbour, Orchard, Attic, Valley, Station, Garden, Border, Kitchen, Lighthouse, Meadow, Suburb, Greenhouse, ' +
    'Ferry, Stairwell, Pavilion, Quarry, Boathouse, Crossing, Rooftop, Churchyard, Motel, Canal',
  season: 'Winter, April, October, Midsummer, September, November, Autumn, July, February, Spring',
  number: 'Two, Three, Four, Seven, Nine, Twelve, Sixteen, Thirty, Forty, Ninety',
}

/** The tastes whose titles are in English. */
export const englishTastes: readonly Taste[] = [
  {
    name: 'indie',
    artists: [
      '{soft} {thing} Club',
      'The {thing} {place}',
      '{given} {family}',
      '{thing} & the {place}s',
      '{soft}{end}',
    ],
    albums: ['{soft} {thing}s', 'Songs for a {place}', 'The {place} Tapes', '{thing}s in {season}', 'Almost {soft}'],
    titles: [
      '{soft} {thing}s',
      '{thing} in the {place}',
      'Letters to {given}',
      '{number} {thing}s',
      'The {place} in {season}',
      'If You Were a {thing}',
      '{given}, Slowly',
      '{season} Again',
      'No {thing} Tonight',
      'Half a {thing}',
      'Meet Me at the {place}',
      'Every {thing} You Kept',
      '{soft} Like a {thing}',
      'We Never Left the {place}',
    ],
    words: {
      ...people,
      soft:
        'Paper, Velvet, Amber, Quiet, Hollow, Pale, Borrowed, Silver, Distant, Tender, Faded, Golden, Sleepy, Gentle, ' +
        'Blue, Crooked, Honest, Lonesome, Electric, Plastic, Mint, Cotton, Lavender, Secondhand',
      thing:
        'Lantern, Window, Postcard, Swimmer, Ghost, Bicycle, Satellite, Cardigan, Umbrella, Photograph, Balcony, Mirror, ' +
        'Compass, Raincoat, Telephone, Matchbook, Daydream, Shadow, Polaroid, Kite, Suitcase, Piano, Streetlight, Wave',
      end: 'wood, lake, haven, moor, vale, field, shore',
    },
  },
  {
    name: 'folk',
    artists: [
      '{given} {family}',
      '{given} and {given} {family}',
      'The {family} {kin}',
      '{wild} {creature} String Band',
    ],
    albums: [
      'The {creature} and the {tree}',
      '{tree} Songs',
      'By the {water}',
      '{wild} Ground',
      'Where the {water} Bends',
    ],
    titles: [
      'The {creature} and the {tree}',
      'Down by the {water}',
      '{given} of the {place}',
      '{wild} {water}',
      'My {tree} Heart',
      'Ballad of {given} {family}',
      'When the {creature} Sleeps',
      '{season} Hymn',
      'Carry Me over the {water}',
      'Song for the {creature}',
      'Under the {tree}',
      '{number} Days to {place}',
      'Old {wild} Road',
      'Tell the {water}',
    ],
    words: {
      ...people,
      kin: 'Sisters, Brothers, Family, Cousins, Trio',
      wild: 'Wild, Stony, Long, Lonely, Holy, Barren, Windy, Frozen, Silver, Narrow, Weary, Green',
      creature: 'Heron, Fox, Sparrow, Hare, Wolf, Starling, Owl, Salmon, Raven, Mare, Moth, Lamb, Badger, Swallow',
      tree: 'Willow, Rowan, Oak, Elder, Hazel, Birch, Alder, Hawthorn, Cedar, Ash, Juniper, Larch',
      water: 'River, Estuary, Millpond, Brook, Tide, Fjord, Lake, Marsh, Rapids, Well, Ocean, Spring',
    },
  },
  {
    name: 'electronic',
    artists: ['{signal}{unit}', '{family} {unit}', 'DJ {given} {signal}', '{hue} {unit}', '{signal} / {unit}'],
    albums: ['{signal} Studies', '{hue} Frequency', '{unit} {roman}', 'After the {unit}', 'Night {unit}s'],
    titles: [
      '{signal}',
      '{hue} {unit}',
      '{signal} {roman}',
      '{unit} (Night Version)',
      '{signal} Drift',
      '{hue} Hour',
      '{unit}s at Dawn',
      '{season} Loop',
      '{hue} {signal} (Reprise)',
      'Slow {unit}',
      '{number} Volts',
      '{place} Echo',
    ],
    words: {
      ...people,
      signal:
        'Vector, Halogen, Isotope, Meridian, Lumen, Parallax, Carrier, Aperture, Quanta, Solenoid, Kelvin, Tesselate',
      unit: 'Circuit, Module, Array, Signal, Current, Pulse, Engine, Grid, Orbit, Transistor, Prism, Cascade',
      hue: 'Cobalt, Ultraviolet, Neon, Infrared, Teal, Magenta, Chrome, Indigo, Acid, Opal, Phosphor',
      roman: 'I, II, III, IV, V, VI, VII',
    },
  },
  {
    name: 'hip-hop',
    artists: ['{title} {family}', '{given} {gold}', 'Lil {thing}', '{gold} {crew}', '{given} tha {thing}'],
    albums: ['{gold} Season', 'Block {number}', '{thing} Money', 'Letters from the {place}', '{crew} Business'],
    titles: [
      '{gold} {thing}',
      '{thing} Talk',
      '{number} Ways',
      'On the {place}',
      '{season} Freestyle',
      'No {thing}s',
      '{gold} Hour',
      'Big {thing}',
      'Call {given}',
      '{crew} Only',
      '{thing}, {thing}',
      'Still at the {place}',
      '{thing} Interlude',
    ],
    words: {
      ...people,
      title: 'King, Young, Professor, Captain, Uncle, Miss, Doc, Saint',
      thing:
        'Thunder, Pocket, Ticket, Engine, Marble, Ladder, Ledger, Corner, Sneaker, Radio, Dollar, Window, Crown, Chess',
      gold: 'Golden, Midnight, Concrete, Diamond, Corner, Copper, Heavy, Neon, Marble, Famous',
      crew: 'Family, Cartel, Collective, Union, Syndicate, Committee',
    },
  },
  {
    name: 'jazz',
    artists: ['{given} {family} {group}', '{given} {family}', 'The {place} {group}'],
    albums: ['{mood} at the {place}', 'Live at the {place}', '{mood} for {given}', '{number} Pieces', 'Blue {season}'],
    titles: [
      '{mood} for {given}',
      '{mood} in {key}',
      '{place} {mood}',
      'Blue {season}',
      "{given}'s {mood}",
      '{season} at {number}',
      'Take the {place}',
      'The {family} {mood}',
      'Not Yet, {given}',
      '{number} for {given}',
      'Late {season} {mood}',
    ],
    words: {
      ...people,
      group: 'Trio, Quartet, Quintet, Sextet, Octet, Ensemble',
      mood: 'Ballad, Waltz, Nocturne, Bounce, Stroll, Lament, Samba, Prelude, Shuffle, Reverie, Blues, Lullaby',
      key: 'E Flat, G Minor, B Flat, F, D Minor, A Flat, C Sharp Minor',
    },
  },
  {
    name: 'metal',
    artists: ['{dark}{ruin}', '{dark} {ruin}', '{ruin} of {realm}', '{realm}born'],
    albums: ['{ruin} of the {dark}', '{realm} Falls', 'Beneath {realm}', 'The {dark} Testament', '{number} {ruin}s'],
    titles: [
      '{ruin} of {realm}',
      '{dark} {ruin}',
      'March to {realm}',
      'Beneath the {ruin}',
      '{realm} Burns',
      '{dark} Season',
      'The Last {ruin}',
      '{number} {ruin}s',
      'Born of {dark} {ruin}',
      'No Dawn over {realm}',
      'Oath of the {dark}',
    ],
    words: {
      ...people,
      dark: 'Iron, Ashen, Obsidian, Grim, Frost, Crimson, Wither, Storm, Bone, Plague, Rust, Thorn',
      ruin: 'Throne, Citadel, Monolith, Tomb, Hammer, Serpent, Spire, Forge, Chalice, Grave, Colossus, Raven',
      realm: 'Vorrheim, Kaldrath, Ostragoth, Nharul, Eldmarch, Tyrrvald, Mornhold, Skarngard, Ulvenfell, Drakmoor',
    },
  },
]
