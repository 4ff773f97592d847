-- Numbered figures, tables, equations and sections, and references to them, for HTML and Typst.
--
--   ::: {#fig:name number=3 .wide}   or #tbl:name, perhaps .long; the body (an image, a table or a sentence),
--   ...                              then its caption: every further paragraph
--   :::
--   [$$...$$]{#eq:name}   # Heading {#sec:name}   see @fig:name
--
-- A figure or table without a number gets the next letter. HTML and PDF have the same numbers.

local to_typst = FORMAT:match('typst') ~= nil
local NAMES = { fig = 'Figure', tbl = 'Table', eq = 'Equation', sec = 'Section' }
local numbers = {}
local letters, equations, sections = 0, 0, {}

local function kind_of(identifier)
  local kind = identifier:match('^(%a+):')
  return NAMES[kind] and kind
end

local function claim(identifier, number)
  if numbers[identifier] then error('two things are called ' .. identifier) end
  numbers[identifier] = number
  return number
end

local function next_letter()
  letters = letters + 1
  local name, rest = '', letters
  while rest > 0 do
    name = string.char(65 + (rest - 1) % 26) .. name
    rest = (rest - 1) // 26
  end
  return name
end

local function typst(blocks)
  return (pandoc.write(pandoc.Pandoc(blocks), 'typst'):gsub('%s+$', ''))
end

local function quoted(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

local function is_image(body)
  return body.t == 'Para' and body.content[1].t == 'Image'
end

local function typst_body(body)
  if body.t == 'Table' then
    -- pandoc wraps the table in a figure; keep only the table.
    return typst({ body }):match('(#table%(.*%))%]')
  end
  if is_image(body) then
    local image = body.content[1]
    return ('#image("/%s", alt: %s, width: %s)'):format(
      image.src, quoted(pandoc.utils.stringify(image.caption)), image.attributes.width or '100%')
  end
  return '#block(width: 100%, inset: 8pt, stroke: (dash: "dashed"), fill: rgb("#fff1e0"))[' .. typst({ body }) .. ']'
end

-- A wide figure floats to the top of a page (at the bottom it may cover text); the others stay in place.
local function typst_float(div, kind, number, body, caption)
  local wide, long = div.classes:includes('wide'), div.classes:includes('long')
  local template = '#figure(kind: %s, alt: %s, supplement: [%s], numbering: (..) => %s, placement: %s, '
    .. 'scope: %s, caption: [%s])[%s] <%s>'
  -- An image has an alternative text; a note that replaces an image is its own.
  local alt = kind == 'fig' and not is_image(body) and quoted(pandoc.utils.stringify(body)) or 'none'
  local figure = template:format(kind == 'fig' and 'image' or 'table', alt, NAMES[kind], quoted(number),
    wide and 'top' or 'none', quoted(wide and 'parent' or 'column'), typst(caption), typst_body(body),
    div.identifier)
  return pandoc.RawBlock('typst', ('#[#show figure: set block(breakable: %s)\n%s]'):format(long, figure))
end

local function scrolling(body, label)
  -- Pairs instead of named fields, which have no order: the file must be the same each time.
  return pandoc.Div({ body }, pandoc.Attr('', { 'scroll' }, {
    { 'role', 'region' }, { 'tabindex', '0' }, { 'aria-label', label } }))
end

local function html_float(div, kind, number, body, caption)
  local label = NAMES[kind] .. ' ' .. number
  caption[1].content:insert(1, pandoc.Space())
  caption[1].content:insert(1, pandoc.Strong(label .. '.'))
  local image = is_image(body)
  if image then body = pandoc.Plain(body.content) end
  -- A long table gets the room of a wide one: on a page nothing breaks it.
  local wide = div.classes:includes('wide') or div.classes:includes('long')
  if body.t == 'Table' or (image and wide) then
    body = scrolling(body, label)
  elseif not image then
    body = pandoc.Div({ body }, { class = 'missing' })
  end
  local class = kind .. (wide and ' wide' or '')
  return pandoc.Figure({ body }, { long = caption }, { id = div.identifier, class = class })
end

-- The first cell of a row is its header, and the cells of the first row head their columns.
local function with_headers(tbl, widths)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attr.attributes.scope = 'col' end
  end
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
    for _, row in ipairs(body.body) do row.cells[1].attr.attributes.scope = 'row' end
  end
  local fractions = {}
  for percent in (widths or ''):gmatch('%d+') do table.insert(fractions, tonumber(percent) / 100) end
  -- Without widths, columns fit their content.
  for i, column in ipairs(tbl.colspecs) do tbl.colspecs[i] = { column[1], fractions[i] } end
  return tbl
end

local function verdict(span)
  if span.classes[1] ~= 'verdict' then return end
  return pandoc.RawInline('typst', ('#verdict("%s")[%s]'):format(
    span.classes[2], pandoc.utils.stringify(span)))
end

-- A claim is an unbreakable box; its table has a label but no number.
local function claim_box(div)
  local blocks = pandoc.Blocks {}
  if to_typst then blocks:insert(pandoc.RawBlock('typst', '#claim[')) end
  for _, block in ipairs(div.content) do
    if block.t == 'Table' and to_typst then
      block = pandoc.RawBlock('typst', typst_body(with_headers(block, div.attributes.widths)))
    elseif block.t == 'Table' then
      block = scrolling(with_headers(block), div.attributes.label)
    end
    blocks:insert(block)
  end
  if to_typst then
    blocks:insert(pandoc.RawBlock('typst', '] <' .. div.identifier .. '>'))
    return blocks, false
  end
  return pandoc.Div(blocks, pandoc.Attr(div.identifier, { 'claim' })), false
end

local function Div(div)
  if div.classes:includes('claim') then return claim_box(div) end
  local kind = kind_of(div.identifier)
  if not kind then return end
  local number = claim(div.identifier, div.attributes.number or next_letter())
  local body, caption = div.content[1], pandoc.Blocks {}
  for i = 2, #div.content do caption:insert(div.content[i]) end
  if body.t == 'Table' then body = with_headers(body, div.attributes.widths) end
  local float = to_typst and typst_float or html_float
  return float(div, kind, number, body, caption), false
end

local function Header(header)
  if not header.classes:includes('unnumbered') then
    sections[header.level] = (sections[header.level] or 0) + 1
    for level = header.level + 1, 6 do sections[level] = nil end
    local number = table.concat(sections, '.')
    if kind_of(header.identifier) then claim(header.identifier, number) end
    if not to_typst then
      header.content:insert(1, pandoc.Space())
      header.content:insert(1, pandoc.Str(number))
    end
  end
  if not to_typst then
    header.level = header.level + 1 -- the title is the first level
  elseif header.level == 1 then
    -- Wide figures stay in their section: beyond it, they may leave too little room for a narrow one.
    return { pandoc.RawBlock('typst', '#place.flush()'), header }
  end
  return header
end

local function Span(span)
  if kind_of(span.identifier) ~= 'eq' then return end
  equations = equations + 1
  local number = claim(span.identifier, tostring(equations))
  if to_typst then
    return { span.content[1], pandoc.RawInline('typst', ' <' .. span.identifier .. '>') }
  end
  span.classes = { 'equation' }
  span.content:insert(pandoc.Span('(' .. number .. ')', { class = 'number' }))
  return span
end

-- An accessible PDF has alternative text for formulas: their LaTeX source.
local function Math(formula)
  if not to_typst then return end
  local block = formula.mathtype == 'DisplayMath'
  return pandoc.RawInline('typst', ('#math.equation(block: %s, alt: %s, %s.body)'):format(
    block, quoted(formula.text), typst { pandoc.Plain { formula } }))
end

local function Cite(cite)
  local links = pandoc.Inlines {}
  for i, citation in ipairs(cite.citations) do
    local kind = kind_of(citation.id)
    if not kind then return end
    if not numbers[citation.id] then error('nothing is called ' .. citation.id) end
    if i > 1 then links:insert(pandoc.Str ', ') end
    links:insert(to_typst and pandoc.RawInline('typst', '#ref(<' .. citation.id .. '>)')
      or pandoc.Link(NAMES[kind] .. '\u{a0}' .. numbers[citation.id], '#' .. citation.id))
  end
  return links
end

-- Floats are converted as a whole, so their content must be Typst before.
local function number_all(document)
  local function note(element)
    local kind = kind_of(element.identifier)
    if kind then numbers[element.identifier] = '?' end
  end
  document:walk { Div = note, Span = note, Header = note }
end

if to_typst then
  local function resolve(document)
    number_all(document)
    document = document:walk { Cite = Cite, Span = verdict }
    numbers = {}
    return document
  end
  return {
    { Pandoc = resolve },
    { Math = Math },
    { traverse = 'topdown', Div = Div, Header = Header, Span = Span },
  }
end
return { { traverse = 'topdown', Div = Div, Header = Header, Span = Span }, { Cite = Cite } }
