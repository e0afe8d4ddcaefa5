#!/usr/bin/perl
# Make what Cacti 1.2 imports, of a list and the one table:
#
#	kit-cacti.pl LIST			the host template, with all that
#						belongs to it
#	kit-cacti.pl LIST TABLE			the data query of a table, for
#						resource/snmp_queries
#
# Lines of the list:
#
#	query TABLE NAME NOUN			graphs below are of its rows; its
#						file is postfix_NAME.xml
#	graph NAME | COLOUR OBJECT LABEL...	counters are shown per minute
#
# Rows of single instances of Postfix are left out.  Hashes are made of names, so
# that a later import finds what an earlier one made.

use strict;
use warnings;
use lib 'tools';
use Kit;

# Cacti's types of hashes, and its version 1.2.
my %type = (graph_template => '00', data_template => '01', host_template => '02',
    data_input => '03', query => '04', cdef => '05', gprint => '06',
    field => '07', rrd => '08', item => '10', query_graph => '11',
    sv_graph => '12', sv_data => '13', cdef_item => '14', profile => '20');
my ($version, $minimum) = ('0103', 0);
my ($LINE2, $GPRINT, $AVERAGE, $MAX, $LAST) = (5, 9, 1, 3, 4);
my ($GAUGE, $DERIVE) = (1, 3);

# What every Cacti has; its own hashes name it.
my %input = (
	scalar => { hash => '3eb92bb845b9660a7445cf9740726522',
	    name => 'Get SNMP Data', type => 2, fields => [
		'92f5906c8dc0f964b41f4253df582c38 management_ip hostname SNMP IP Address',
		'32285d5bf16e56c478f5e83f32cda9ef snmp_community snmp_community SNMP Community',
		'ad14ac90641aed388139f6ba86a2e48b snmp_username snmp_username SNMP Username',
		'9c55a74bd571b4f00a96fd4b793278c6 snmp_password snmp_password SNMP Password',
		'012ccb1d3687d3edb29c002ea66e72da snmp_version snmp_version SNMP Version (1, 2, or 3)',
		'4276a5ec6e3fe33995129041b1909762 oid snmp_oid OID',
		'fc64b99742ec417cc424dbf8c7692d36 snmp_port snmp_port SNMP Port',
		'20832ce12f099c8e54140793a091af90 snmp_auth_protocol snmp_auth_protocol SNMP Authentication Protocol (v3)',
		'c60c9aac1e1b3555ea0620b8bbfd82cb snmp_priv_passphrase snmp_priv_passphrase SNMP Privacy Passphrase (v3)',
		'feda162701240101bc74148415ef415a snmp_priv_protocol snmp_priv_protocol SNMP Privacy Protocol (v3)',
	    ] },
	row => { hash => 'bf566c869ac6443b0c75d1c32b5a350e',
	    name => 'Get SNMP Data (Indexed)', type => 3, fields => [
		'617cdc8a230615e59f06f361ef6e7728 management_ip hostname SNMP IP Address',
		'acb449d1451e8a2a655c2c99d31142c7 snmp_community snmp_community SNMP Community',
		'f4facc5e2ca7ebee621f09bc6d9fc792 snmp_username snmp_username SNMP Username (v3)',
		'1cc1493a6781af2c478fa4de971531cf snmp_password snmp_password SNMP Password (v3)',
		'b5c23f246559df38662c255f4aa21d6b snmp_version snmp_version SNMP Version (1, 2, or 3)',
		'6027a919c7c7731fbe095b6f53ab127b index_type index_type Index Type',
		'cbbe5c1ddfb264a6e5d509ce1c78c95f index_value index_value Index Value',
		'e6deda7be0f391399c5130e7c4a48b28 output_type output_type Output Type ID',
		'c1f36ee60c3dc98945556d57f26e475b snmp_port snmp_port SNMP Port',
		'2cf7129ad3ff819a7a7ac189bee48ce8 snmp_auth_protocol snmp_auth_protocol SNMP Authentication Protocol (v3)',
		'6b13ac0a0194e171d241d4b06f913158 snmp_priv_passphrase snmp_priv_passphrase SNMP Privacy Passphrase (v3)',
		'3a33d4fc65b8329ab2ac46a36da26b72 snmp_priv_protocol snmp_priv_protocol SNMP Privacy Protocol (v3)',
	    ] },
);
my $profile = "hash_$type{profile}${version}d62c52891f4f9688729a5bc9fad91b18";
my $gprint = "hash_$type{gprint}${version}e9c43831e54eca8069317a2ce8c6f751";

# The hash of what is called so in this kit.
sub hash_of
{
	my ($what, $name) = @_;

	return "hash_$type{$what}$version" . kit_hash("cacti $what $name");
}

sub escaped
{
	return $_[0] =~ s/&/&amp;/gr =~ s/</&lt;/gr =~ s/>/&gt;/gr;
}

# An element, and what is in it: a text, or elements as pairs.
my $depth = 0;

sub put
{
	my ($tag, $what) = @_;
	my $indent = "\t" x $depth;

	if (!ref $what) {
		print "$indent<$tag>", escaped($what // ''), "</$tag>\n";
		return;
	}
	print "$indent<$tag>\n";
	$depth++;
	put(splice @$what, 0, 2) while @$what;
	$depth--;
	print "$indent</$tag>\n";
}

# --- the list -----------------------------------------------------------------
# graphs: { name, query, items: [ { object, colour, label } ] }
my (@graphs, @queries, $query);

sub read_list
{
	open(my $list, '<', $_[0]) or die "$_[0]: $!\n";
	while (my $line = <$list>) {
		chomp $line;
		next if $line =~ /^(#|$)/;
		if ($line =~ /^query (\w+) (\w+) (.+)/) {
			$query = { table => $1, name => $2, noun => $3 };
			push @queries, $query;
			next;
		}
		my ($name, @items) = split / \| /, $line =~ s/^graph // ?
		    $line : die "line $.: $line\n";
		push @graphs, { name => $name, query => $query,
		    items => [ map {
			my ($colour, $object, $label) = split ' ', $_, 3;
			{ colour => $colour, object => object($object),
			    label => $label } } @items ] };
	}
}

sub is_counter
{
	return $_[0]{type} eq 'Counter64';
}

# A graph's name among all, and that of its data template.
sub full_name
{
	my ($graph) = @_;

	return 'Postfix - ' . ($graph->{query} ? "$graph->{query}{noun} - " : '')
	    . $graph->{name};
}

# Of totals each object has a data template, of rows each graph.
sub data_name
{
	my ($graph, $item) = @_;

	return $graph->{query} ? full_name($graph) :
	    "Postfix - $item->{object}{object}";
}

sub rrd_hash
{
	my ($graph, $item) = @_;

	return hash_of('rrd', data_name($graph, $item) .
	    " $item->{object}{object}");
}

# RRDs have names of up to 19 letters.
sub rrd_name
{
	return substr lc $_[0]{object} =~ s/^pfs//r, -19;
}

# --- the data query of a table --------------------------------------------------
# What of an OID is the row; there need be no dot before it.
sub parse
{
	return 'OID/REGEXP:^.*' . quotemeta($_[0] =~ s/^\.//r) .
	    '\.([0-9.]+)$';
}

sub query_file
{
	my ($q) = @_;
	my $name = object("$q->{table}Name");
	# of instances the first row is all of them
	my $row = $name->{index} =~ /^instance,/ ? '.1' : '';
	my $oid = "$BASE.$name->{suffix}$row";
	my %shown = map { $_->{object}{object} => $_->{object} }
	    map { @{$_->{items}} }
	    grep { $_->{query} && $_->{query}{table} eq $q->{table} } @graphs;
	my @fields = (
	    "$q->{table}Index" => [ name => 'Index', method => 'walk',
		source => 'index',
		direction => 'input', oid => $oid ],
	    "$q->{table}Name" => [ name => $q->{noun}, method => 'walk',
		source => 'value', direction => 'input', oid => $oid ]);

	for my $object (map { $shown{$_} } sort keys %shown) {
		push @fields, $object->{object} => [
		    name => $object->{object}, method => 'walk',
		    source => 'value', direction => 'output',
		    oid => "$BASE.$object->{suffix}$row" ];
	}
	put('query', [
	    name => "Postfix: $q->{name}",
	    description => "Made by make generate: do not edit.",
	    oid_index => $oid,
	    oid_index_parse => parse($oid),
	    index_order => "$q->{table}Name:$q->{table}Index",
	    index_order_type => 'alphabetic',
	    index_title_format => '|chosen_order_field|',
	    fields => \@fields ]);
}

# --- the host template ------------------------------------------------------------
sub titled
{
	my ($graph) = @_;
	my $q = $graph->{query};

	return '|host_description| - ' . ($q ?
	    "$q->{noun} |query_$q->{table}Name| - $graph->{name}" :
	    $graph->{name});
}

sub query_map
{
	my ($q) = @_;
	my @of = grep { $_->{query} && $_->{query} == $q } @graphs;

	return (hash_of('query', $q->{table}) => [
	    name => "Postfix - $q->{name}",
	    description => "Rows of $q->{table}Table",
	    xml_path => "<path_cacti>/resource/snmp_queries/" .
		"postfix_$q->{name}.xml",
	    data_input_id => "hash_$type{data_input}$version$input{row}{hash}",
	    graphs => [ map { query_graph($_) } @of ] ]);
}

sub query_graph
{
	my ($graph) = @_;
	my $name = full_name($graph);
	my $number = 0;
	my @rrd = map { (sprintf('item_%03d', $number++) => [
	    snmp_field_name => $_->{object}{object},
	    data_template_id => hash_of('data_template',
		data_name($graph, $_)),
	    data_template_rrd_id => rrd_hash($graph, $_) ]) }
	    @{$graph->{items}};

	return (hash_of('query_graph', $name) => [
	    graph_template_id => hash_of('graph_template', $name),
	    name => $graph->{name}, rrd => \@rrd,
	    sv_graph => [ hash_of('sv_graph', $name) => [
		field_name => 'title', sequence => 1,
		text => titled($graph) ] ],
	    sv_data_source => [ hash_of('sv_data', $name) => [
		field_name => 'name',
		data_template_id => hash_of('data_template', $name),
		sequence => 1, text => titled($graph) ] ] ]);
}

sub axis
{
	my ($graph) = @_;
	my $object = $graph->{items}[0]{object};
	my $unit = $object->{unit} eq '-' ? '' : $object->{unit};

	return is_counter($object) ? "$unit per minute" : $unit;
}

sub graph_items
{
	my ($graph) = @_;
	my ($sequence, @items) = (0);
	my $name = full_name($graph);

	for my $item (@{$graph->{items}}) {
		my @parts = ([ $LINE2, $AVERAGE, $item->{colour},
		    $item->{label}, '' ], [ $GPRINT, $LAST, 0, 'Now:', '' ],
		    [ $GPRINT, $AVERAGE, 0, 'Average:', '' ],
		    [ $GPRINT, $MAX, 0, 'Most:', 'on' ]);
		for (@parts) {
			my ($kind, $function, $colour, $text, $return) = @$_;
			$sequence++;
			push @items, hash_of('item', "$name $sequence") => [
			    graph_type_id => $kind,
			    task_item_id => rrd_hash($graph, $item),
			    color_id => $colour, alpha => 'FF',
			    consolidation_function_id => $function,
			    cdef_id => is_counter($item->{object}) ?
				hash_of('cdef', 'per minute') : 0,
			    vdef_id => 0, shift => '', value => '',
			    gprint_id => $gprint, textalign => '',
			    text_format => $text, hard_return => $return,
			    line_width => '2.00', dashes => '',
			    dash_offset => 0, sequence => $sequence ];
		}
	}
	return \@items;
}

# What there is to be said of a graph; t_ before a name: whether each graph
# has a value of its own.
sub graph_settings
{
	my ($graph) = @_;
	my @settings = (title => titled($graph),
	    vertical_label => axis($graph), image_format_id => 1,
	    height => 200, width => 700, base_value => 1000,
	    slope_mode => 'on', auto_scale => 'on', auto_scale_opts => 2,
	    auto_scale_log => '', scale_log_units => '',
	    auto_scale_rigid => '', upper_limit => 100, lower_limit => 0,
	    unit_value => '', unit_exponent_value => '', unit_length => '',
	    no_gridfit => '', alt_y_grid => '', right_axis => '',
	    right_axis_label => '', right_axis_format => 0,
	    right_axis_formatter => 0, left_axis_formatter => 0,
	    auto_padding => 'on', dynamic_labels => '',
	    force_rules_legend => '', tab_width => '', legend_position => 0,
	    legend_direction => 0);
	my @all;

	while (my ($name, $value) = splice @settings, 0, 2) {
		push @all, "t_$name" => '', $name => $value;
	}
	return \@all;
}

sub graph_template
{
	my ($graph) = @_;
	my $name = full_name($graph);

	return (hash_of('graph_template', $name) => [
	    name => $name, multiple => '', test_source => '',
	    graph => graph_settings($graph), items => graph_items($graph),
	    inputs => [] ]);
}

sub data_template
{
	my ($name, $graph, @items) = @_;
	my $input = $graph->{query} ? $input{row} : $input{scalar};
	my ($number, @rrd, @data) = (0);

	for my $item (@items) {
		my @settings = (data_source_name => rrd_name($item->{object}),
		    rrd_minimum => $minimum, rrd_maximum => 'U',
		    data_source_type_id => is_counter($item->{object}) ?
			$DERIVE : $GAUGE,
		    rrd_heartbeat => 600, data_input_field_id => 0);
		my @all;

		while (my ($key, $value) = splice @settings, 0, 2) {
			push @all, "t_$key" => '', $key => $value;
		}
		push @rrd, rrd_hash($graph, $item) => \@all;
	}
	for (@{$input->{fields}}) {
		my ($hash, $field) = split ' ';
		push @data, sprintf('item_%03d', $number++) => [
		    data_input_field_id => "hash_$type{field}$version$hash",
		    # what a data query fills in
		    t_value => $field =~ /^(index_|output_)/ ? 'on' : '',
		    value => $field eq 'oid' ? oid($items[0]{object}) : '' ];
	}
	return (hash_of('data_template', $name) => [
	    name => $name,
	    ds => [ t_name => '', name => $graph->{query} ? titled($graph) :
		"|host_description| - $items[0]{object}{object}",
		data_source_path => '',
		data_input_id => "hash_$type{data_input}$version$input->{hash}",
		t_data_source_profile_id => '',
		data_source_profile_id => $profile,
		t_rrd_step => '', rrd_step => 300, t_active => '',
		active => 'on' ],
	    items => \@rrd, data => \@data ]);
}

sub data_templates
{
	my (%done, @all);

	for my $graph (@graphs) {
		my @items = @{$graph->{items}};
		my @parts = $graph->{query} ? \@items : map { [ $_ ] } @items;

		for (@parts) {
			my $name = data_name($graph, $_->[0]);
			push @all, data_template($name, $graph, @$_)
			    unless $done{$name}++;
		}
	}
	return @all;
}

sub data_input
{
	my ($input) = @_;

	return ("hash_$type{data_input}$version$input->{hash}" => [
	    name => $input->{name}, type_id => $input->{type},
	    input_string => '', fields => [ map {
		my ($hash, $field, $code, $name) = split ' ', $_, 4;
		("hash_$type{field}$version$hash" => [ name => $name,
		    update_rra => '', regexp_match => '',
		    allow_nulls => $code =~ /username|password/ ||
			$code eq 'snmp_version' && $input->{type} == 2 ?
			'on' : '',
		    type_code => $code, input_output => 'in',
		    data_name => $field ]) } @{$input->{fields}} ] ]);
}

# Cacti's own profile of five minutes, as each has it.
sub profile_map
{
	my @archives = ([ 'Daily (5 Minute Average)', 1, 600, 86400 ],
	    [ 'Weekly (30 Minute Average)', 6, 700, 604800 ],
	    [ 'Monthly (2 Hour Average)', 24, 775, 2618784 ],
	    [ 'Yearly (1 Day Average)', 288, 797, 31536000 ]);
	my $number = 0;

	return ($profile => [ name => '5 Minute Collection', step => 300,
	    heartbeat => 600, x_files_factor => '0.5', default => 'on',
	    cf_items => '1|2|3|4', items => [ map {
		(sprintf('item_%03d', $number++) => [ name => $_->[0],
		    steps => $_->[1], rows => $_->[2],
		    timespan => $_->[3] ]) } @archives ] ]);
}

sub host_template
{
	my @totals = map { hash_of('graph_template', full_name($_)) }
	    grep { !$_->{query} } @graphs;
	my ($source, $text, $operator) = (4, 6, 2);

	put('cacti', [
	    hash_of('host_template', 'Postfix') => [ name => 'Postfix',
		class => 'mail', graph_templates => join('|', @totals),
		data_queries => join('|', map { hash_of('query',
		    $_->{table}) } @queries) ],
	    (map { query_map($_) } @queries),
	    data_input($input{scalar}), data_input($input{row}),
	    (map { graph_template($_) } @graphs),
	    data_templates(), profile_map(),
	    hash_of('cdef', 'per minute') => [ name => 'Postfix - per minute',
		items => [
		    hash_of('cdef_item', 'source') => [ sequence => 1,
			type => $source, value => 'CURRENT_DATA_SOURCE' ],
		    hash_of('cdef_item', '60') => [ sequence => 2,
			type => $text, value => 60 ],
		    hash_of('cdef_item', 'times') => [ sequence => 3,
			type => $operator, value => 3 ] ] ],
	    $gprint => [ name => 'Normal', gprint_text => '%8.2lf %s' ] ]);
}

my ($list, $table) = @ARGV;
read_list($list // die "usage: kit-cacti.pl LIST [TABLE]\n");
if (!defined $table) {
	host_template();
} else {
	my ($q) = grep { $_->{table} eq $table } @queries;
	query_file($q // die "no query of $table\n");
}
