#!/usr/bin/perl
# Make contrib/zabbix/postfix-stats.yaml, a template in the format of Zabbix
# 6.0, of its list and the one table:
#
#	kit-zabbix.pl contrib/zabbix/postfix-stats.list
#
# Lines of the list; fields behind the first are separated by " | ":
#
#	macro NAME VALUE | TEXT
#	discovery TABLE WORD NOUN	what follows is for each row; the row's
#					name is {#WORD}
#	item NAME | OBJECT [rate | time]
#					rate: the total, and per minute (bytes:
#					per second); time: seconds since 1970
#	graph NAME | [-]COLOUR OBJECT...	-: by the right axis
#	trigger SEVERITY NAME[: DATA] | EXPRESSION | CAUSES | SECTION [| ROWS]
#					@OBJECT is the item, @OBJECT~ its rate;
#					SECTION of docs/runbook.md is what it
#					says, lower case; ROWS: a regular
#					expression of the rows that have it;
#					CAUSES: sections of triggers before that
#					keep it back; DATA is shown beside the
#					problem's name, as it is now
#	traps				an item for each pair of notifications
#	page NAME			of the dashboard
#	value WxH NAME | OBJECT[~]	widgets
#	chart WxH GRAPH
#	each WxH COLSxROWS TABLE GRAPH

use strict;
use warnings;
use lib 'tools';
use Kit;

my $template = 'Postfix by SNMP';
my $group = 'Templates/Applications';
my $time = '1m';

# Maps keep their order: map_of(KEY => VALUE, ...); what is undefined is left
# out, and so are empty lists.  A reference to a text is a list of that one.
sub map_of
{
	return bless [ @_ ], 'Map';
}

sub put_value
{
	my ($value, $indent) = @_;

	if (ref $value eq 'SCALAR') {
		print "\n", '  ' x $indent, '-';
		put_value($$value, $indent + 1);
	} elsif (ref $value eq 'ARRAY') {
		print "\n";
		for my $item (@$value) {
			print '  ' x $indent, '-';
			put_map($item, $indent + 1, ' ');
		}
	} elsif (ref $value) {
		print "\n";
		put_map($value, $indent, '');
	} elsif ($value =~ /\n/) {
		print " |-\n", map { '  ' x $indent . "$_\n" }
		    split /\n/, $value;
	} else {
		print " '", $value =~ s/'/''/gr, "'\n";
	}
}

sub put_map
{
	my ($map, $indent, $first) = @_;

	for (my $i = 0; $i < @$map; $i += 2) {
		my ($key, $value) = @$map[$i, $i + 1];
		next if !defined $value || ref $value eq 'ARRAY' && !@$value;
		print $first || '  ' x $indent,
		    $key =~ /^[xy]$/ ? "'$key'" : $key, ':';
		$first = '';
		put_value($value, $indent + 1);
	}
}

# --- what the list is made into ---------------------------------------------
my (@macros, @items, @graphs, @triggers, @rules, @pages, %maps, %rated,
    %cause);
my $rule;	# the discovery that lines belong to; undefined: none

my %unit = (
	bytes => [ 'B' ], seconds => [ 's' ], percent => [ '%' ],
	milliseconds => [ 's', '0.001' ], microseconds => [ 's', '0.000001' ],
);

sub macro_name
{
	return $rule && "{#$rule->{word}}";
}

# An item's key, in the row that a discovery finds if it is of one.
sub key
{
	my ($object, $rated) = @_;
	my $row = object($object)->{place} =~ /column|text/ ?
	    '[' . macro_name() . ']' : '';

	return $object . ($rated ? '.rate' : '') . $row;
}

sub label
{
	my ($name) = @_;

	return $rule ? "$rule->{noun} " . macro_name() . ": $name" :
	    ucfirst $name;
}

sub snmp_oid
{
	my ($object) = @_;

	return "{\$POSTFIX.BASE}.$object->{suffix}." .
	    ($object->{place} eq 'scalar' ? '0' : '{#SNMPINDEX}');
}

# The numbers that an object can have, by its syntax or its words.
sub value_map
{
	my ($object) = @_;
	my @pairs;

	if ($object->{type} =~ /^INTEGER \{ (.*) \}/) {
		@pairs = map { /(\w+)\((\d+)\)/ ? [ $2, $1 ] : () }
		    split /, /, $1;
	} elsif ($object->{help} =~ /as a number: ([^.(]*\w)/) {
		@pairs = map { /^(\d+) (\w+)/ ? [ $1, $2 ] : () }
		    split /, /, $1;
	} elsif ($object->{help} =~ /^1 if /) {
		@pairs = ([ 0, 'no' ], [ 1, 'yes' ]);
	}
	return undef unless @pairs;
	my $name = $pairs[0][1] eq 'no' ? 'yes or no' : $object->{object};
	$maps{$name} = map_of(
		uuid => kit_uuid("zabbix map $name"), name => $name,
		mappings => [ map { map_of(value => $_->[0],
		    newvalue => $_->[1]) } @pairs ]);
	return map_of(name => $name);
}

# Zabbix makes it of the total: the server is not asked twice.
sub rate_of
{
	my ($object, $name) = @_;
	my $bytes = $object->{unit} eq 'bytes';
	my @steps = (map_of(type => 'CHANGE_PER_SECOND', parameters => \''));

	push @steps, multiplied(60) unless $bytes;
	return map_of(
		uuid => kit_uuid("zabbix rate $object->{object}"),
		name => label($name) . ' per ' . ($bytes ? 'second' : 'minute'),
		type => 'DEPENDENT', key => key($object->{object}, 1),
		delay => '0', history => '31d', value_type => 'FLOAT',
		units => $bytes ? 'Bps' : '/min',
		description => $object->{help}, preprocessing => \@steps,
		master_item => map_of(key => key($object->{object})),
		tags => tags());
}

sub multiplied
{
	return map_of(type => 'MULTIPLIER', parameters => \"$_[0]");
}

# A text is asked for as often as the number that a trigger looks at, so that
# they fit.
sub kept_if_new
{
	return map_of(type => 'DISCARD_UNCHANGED_HEARTBEAT',
	    parameters => \'1h');
}

sub tags
{
	return [ map_of(tag => 'component',
	    value => $rule ? lc $rule->{word} : 'server') ];
}

sub item
{
	my ($name, $what) = @_;
	my ($object, $how) = split ' ', $what;
	$object = object($object);
	my $text = $object->{type} =~ /String|Text/;
	my ($unit, $factor) = @{$unit{$object->{unit}} // [ '' ]};
	my $map = $text ? undef : value_map($object);

	$how //= '';
	die "$object->{object} is not of $rule->{table}\n"
	    if $rule && $object->{home} ne $rule->{table};
	$unit = 'unixtime' if $how eq 'time';
	my @found = (map_of(
		uuid => kit_uuid("zabbix item $object->{object}"),
		name => label($name) . ($how eq 'rate' ? ', total' : ''),
		type => 'SNMP_AGENT', snmp_oid => snmp_oid($object),
		key => key($object->{object}), delay => $time,
		history => '31d', trends => $text ? '0' : '365d',
		value_type => $text ? 'TEXT' : $factor ? 'FLOAT' : 'UNSIGNED',
		units => $unit || undef, description => $object->{help},
		valuemap => $map,
		preprocessing => $text ? [ kept_if_new() ] :
		    $factor ? [ multiplied($factor) ] : [],
		tags => tags()));
	if ($how eq 'rate') {
		$rated{$object->{object}} = 1;
		push @found, rate_of($object, $name);
	}
	push @{$rule ? $rule->{items} : \@items}, @found;
}

sub graph
{
	my ($name, @what) = @_;
	my $order = 0;
	my @shown = map {
		my ($right, $colour, $object) =
		    /^(-?)([0-9A-F]{6}) (\w+)$/ or die "graph $name: $_\n";
		map_of(sortorder => $order++, color => $colour,
		    drawtype => 'BOLD_LINE',
		    yaxisside => $right ? 'RIGHT' : undef,
		    item => map_of(host => $template,
			key => key($object, $rated{$object})));
	} @what;

	push @{$rule ? $rule->{graphs} : \@graphs}, map_of(
		uuid => kit_uuid('zabbix graph ' .
		    ($rule ? "$rule->{table} " : '') . $name),
		name => label($name), ymin_type_1 => 'FIXED',
		graph_items => \@shown);
}

# What docs/runbook.md says below its heading.
sub advice
{
	my ($section) = @_;
	my ($text, $inside) = ('');

	return 'Look whether postfix-stats-agentx and snmpd run; ' .
	    'postfix-stats-agentx --check says what is wrong.'
	    if $section eq 'noagent';
	return 'Messages come in, and none is delivered, returned or deleted. ' .
	    'Look whether qmgr and the delivery agents run: postfix status, ' .
	    'and fatal errors in the log.' if $section eq 'nothingleaves';
	open(my $book, '<', 'docs/runbook.md') or die "docs/runbook.md: $!\n";
	while (<$book>) {
		$inside = lc $1 eq $section if /^## (.*)/;
		$text .= $_ if $inside && !/^#/;
	}
	die "docs/runbook.md has no $section\n" unless $text;
	return $text =~ s/^\s+|\s+$//gr;
}

sub expression
{
	my ($text) = @_;

	return $text =~ s{\@(\w+)(~?)}{"/$template/" . key($1, $2)}ger;
}

sub trigger
{
	my ($name, $problem, $causes, $section, $rows) = @_;
	my $severity = $name =~ s/^(\w+) // ? $1 : die;
	my $data = $name =~ s/: (\{ITEM\.\w+\})$// ? $1 : undef;

	push @{$rule ? $rule->{triggers} : \@triggers}, map_of(
		uuid => kit_uuid('zabbix trigger ' .
		    ($rule ? "$rule->{table} " : '') . $section),
		expression => expression($problem),
		name => label($name), opdata => $data, priority => $severity,
		description => advice($section),
		dependencies => [ map { $cause{$_} or die "no trigger $_\n" }
		    split ' ', $causes ],
		tags => [ map_of(tag => 'scope', value => 'mail') ]);
	$cause{$section} = map_of(name => label($name),
	    expression => expression($problem)) unless $rule;
	push @{$rule->{overrides}}, map_of(
		name => "only where $section applies", step => 1 +
		    @{$rule->{overrides} // []},
		filter => map_of(conditions => [ map_of(macro => macro_name(),
		    value => $rows, operator => 'NOT_MATCHES_REGEX',
		    formulaid => 'A') ]),
		operations => [ map_of(operationobject => 'TRIGGER_PROTOTYPE',
		    operator => 'LIKE', value => $name =~ s/ ?\{.*//r,
		    discover => 'NO_DISCOVER') ]) if $rows;
}

# One more walk finds the names of instances; a row of one of them is called
# as its key is, smtp@postfix-out.
sub join_instances
{
	my ($word) = @_;

	return <<"E" =~ s/\n$//r;
var rows = JSON.parse(value), names = {};
rows.forEach(function (row) {
	if (row['{#INSTANCE}'])
		names[row['{#SNMPINDEX}']] = row['{#INSTANCE}'];
});
return JSON.stringify(rows.filter(function (row) {
	return row['{#$word}'];
}).map(function (row) {
	var number = row['{#SNMPINDEX}'].split('.')[0];
	row['{#INSTANCE}'] = number === '1' ? '' : names[number] || number;
	if (row['{#INSTANCE}'])
		row['{#$word}'] += '\@' + row['{#INSTANCE}'];
	return row;
}));
E
}

sub discovery
{
	my ($table, $word, $noun) = $_[0] =~ /^(\w+) (\w+) (.*)/;
	my $name = object("${table}Name");
	my $split = $name->{index} =~ /^instance,/;
	my $oid = "{#$word},{\$POSTFIX.BASE}.$name->{suffix}";

	$oid .= ',{#INSTANCE},{$POSTFIX.BASE}.' .
	    object('pfsInstanceName')->{suffix} if $split;
	$rule = { table => $table, word => $word, noun => $noun,
	    split => $split, oid => "discovery[$oid]" };
	push @rules, $rule;
}

sub rule_map
{
	my ($r) = @_;

	return map_of(
		uuid => kit_uuid("zabbix rule $r->{table}"),
		name => "Find: $r->{noun}", type => 'SNMP_AGENT',
		snmp_oid => $r->{oid}, key => "$r->{table}.discovery",
		delay => '15m',
		filter => $r->{split} ? map_of(conditions => [ map_of(
		    macro => '{#INSTANCE}', value => '{$POSTFIX.INSTANCES}',
		    formulaid => 'A') ]) : undef,
		lifetime => '7d',
		description => object("$r->{table}Name")->{help},
		item_prototypes => $r->{items},
		trigger_prototypes => $r->{triggers} // [],
		graph_prototypes => $r->{graphs} // [],
		preprocessing => $r->{split} ? [ map_of(type => 'JAVASCRIPT',
		    parameters => \join_instances($r->{word})) ] : [],
		overrides => $r->{overrides} // []);
}

# Notifications come in pairs: the fault and its end.
sub traps
{
	my @all = grep { $_->{place} eq 'notification' } objects();

	$rule = undef;
	while (my ($fault, $end) = splice @all, 0, 2) {
		my ($from, $to) = map { $_->{suffix} =~ s/^0\.//r } $fault,
		    $end;
		push @items, map_of(
			uuid => kit_uuid("zabbix trap $fault->{object}"),
			name => "Notification: $fault->{object}, " .
			    $end->{object},
			type => 'SNMP_TRAP',
			key => "snmptrap[\"{\$POSTFIX.BASE}[.]0[.]($from|$to)" .
			    '[^0-9]"]',
			delay => '0', history => '31d', trends => '0',
			value_type => 'LOG',
			description => "$fault->{help}\n\n$end->{help}",
			tags => [ map_of(tag => 'component',
			    value => 'notification') ]);
	}
}

# --- the dashboard ------------------------------------------------------------
sub field
{
	my ($type, $name, $value) = @_;

	return map_of(type => $type, name => $name, value => $value);
}

sub widget
{
	my ($type, $size, $name, @fields) = @_;
	my ($width, $height) = $size =~ /^(\d+)x(\d+)$/ or die "size $size\n";
	my $page = $pages[-1];

	if ($page->{x} + $width > 24) {
		$page->{x} = 0;
		$page->{y} += $page->{height};
	}
	push @{$page->{widgets}}, map_of(type => $type, name => $name,
		x => $page->{x} || undef, y => $page->{y} || undef,
		width => $width, height => $height, fields => \@fields);
	$page->{x} += $width;
	$page->{height} = $height;
}

sub value
{
	my ($head, $object) = @_;
	my ($size, $name) = split ' ', $head, 2;
	my $rated = $object =~ s/~$//;

	widget('ITEM', $size, $name,
	    field('ITEM', 'itemid', map_of(host => $template,
		key => key($object, $rated))),
	    field('INTEGER', 'show', '2'), field('INTEGER', 'show', '4'),
	    field('INTEGER', 'decimal_places', $rated ? '1' : '0'),
	    # percent of the height: so that the unit fits beside it
	    field('INTEGER', 'decimal_size', '25'),
	    field('INTEGER', 'value_size', '35'),
	    field('INTEGER', 'units_size', '15'));
}

sub chart
{
	my ($size, $graph) = split ' ', $_[0], 2;

	widget('GRAPH_CLASSIC', $size, undef,
	    field('INTEGER', 'source_type', '0'),
	    field('GRAPH', 'graphid', map_of(host => $template,
		name => $graph)));
}

sub each_row
{
	my ($size, $grid, $table, $graph) = split ' ', $_[0], 4;
	my ($columns, $rows) = split /x/, $grid;
	my ($of) = grep { $_->{table} eq $table } @rules;

	widget('GRAPH_PROTOTYPE', $size, "$of->{noun}: $graph",
	    field('INTEGER', 'columns', $columns),
	    field('INTEGER', 'rows', $rows),
	    field('INTEGER', 'source_type', '2'),
	    field('GRAPH_PROTOTYPE', 'graphid', map_of(host => $template,
		name => "$of->{noun} {#$of->{word}}: $graph")));
}

my %makes = (
	macro => sub {
		my ($name, $value) = split ' ', $_[0], 2;
		push @macros, map_of(macro => $name, value => $value,
		    description => $_[1]);
	},
	discovery => \&discovery, item => \&item, graph => \&graph,
	trigger => \&trigger, traps => \&traps, value => \&value,
	chart => \&chart, each => \&each_row,
	page => sub {
		$rule = undef;
		push @pages, { name => $_[0], x => 0, y => 0, height => 0,
		    widgets => [] };
	},
);

while (my $line = <>) {
	chomp $line;
	next if $line =~ /^(#|$)/;
	my ($word, $rest) = split ' ', $line, 2;
	my $makes = $makes{$word} or die "line $.: $word?\n";
	# an empty field stands between two bars
	$makes->(split / \| /, ($rest // '') =~ s/ \| \| / |  | /gr);
}

unshift @macros, map_of(macro => '{$POSTFIX.BASE}', value => $BASE,
    description => 'Where the objects hang: snmp.base_oid of postfix-stats.yml.');
print "# Made by `make generate' from postfix-stats.list and\n" .
    "# lib/stats/metrics.def: do not edit.\n";
put_map(map_of(zabbix_export => map_of(
	version => '6.0', date => '2026-11-23T00:00:00Z',
	groups => [ map_of(uuid => kit_uuid("zabbix group $group"),
	    name => $group) ],
	templates => [ map_of(
		uuid => kit_uuid("zabbix template $template"),
		template => $template, name => $template,
		description => "Mail of Postfix, counted from its log by " .
		    "postfix-stats and asked for over SNMP v2c or v3.\n\n" .
		    "Made for Zabbix 6.0 and later.",
		groups => [ map_of(name => $group) ],
		items => \@items,
		discovery_rules => [ map { rule_map($_) } @rules ],
		tags => [ map_of(tag => 'class', value => 'software'),
		    map_of(tag => 'target', value => 'postfix') ],
		macros => \@macros,
		dashboards => [ map_of(
			uuid => kit_uuid('zabbix dashboard'),
			name => 'Postfix', pages => [ map { map_of(
			    name => $_->{name}, widgets => $_->{widgets}) }
			    @pages ]) ],
		valuemaps => [ map { $maps{$_} } sort keys %maps ]) ],
	triggers => \@triggers,
	graphs => \@graphs)), 0, '');
