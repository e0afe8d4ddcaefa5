# What generators of templates for network management systems share: the SNMP
# objects of the one table, and identifiers that stay the same.
#
#	use lib 'tools'; use Kit;
#	objects()		all of them, in the order of their OIDs
#	object(NAME)		one of them; dies if there is no such one
#	columns(HOME)		what rows of a table have, without their name
#	oid(OBJECT)		its OID below the base, a scalar's with .0
#	kit_hash(WHAT)		32 hexadecimal digits made of WHAT's bytes
#	kit_uuid(WHAT)		the same in the form of a UUID of version 4,
#				without hyphens
#	$BASE			the base OID, with a dot before it; the
#				environment's BASE, else the default
#
# An object is a hash of what tools/generate_objects.c lists.  It runs at the
# top of the tree.

package Kit;
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use Exporter qw(import);

our @EXPORT = qw(objects object columns oid kit_hash kit_uuid $BASE);

our $BASE = '.' . ($ENV{BASE} // '1.3.6.1.4.1.8072.9999.9999.25') =~ s/^\.//r;
my @fields = qw(suffix object place home index key type unit counts help);
my (@objects, %named);

sub objects
{
	return @objects if @objects;
	open(my $list, '-|', 'build/tools/generate', 'objects') or
	    die "build/tools/generate: $!\n";
	while (my $line = <$list>) {
		my %object;

		chomp $line;
		@object{@fields} = split /\t/, $line, -1;
		push @objects, \%object;
		$named{$object{object}} = \%object;
	}
	close $list or die "build/tools/generate failed\n";
	return @objects;
}

sub object
{
	my ($name) = @_;

	objects();
	return $named{$name} // die "no object $name in the table\n";
}

sub columns
{
	my ($home) = @_;

	return grep { $_->{home} eq $home && $_->{place} =~ /column|text/ }
	    objects();
}

sub oid
{
	my ($object) = @_;

	return "$BASE.$object->{suffix}" .
	    ($object->{place} eq 'scalar' ? '.0' : '');
}

sub kit_hash
{
	return md5_hex("postfix-stats $_[0]");
}

sub kit_uuid
{
	my $hex = kit_hash($_[0]);

	substr($hex, 12, 1) = '4';
	substr($hex, 16, 1) = sprintf('%x', 8 | hex(substr($hex, 16, 1)) & 3);
	return $hex;
}

1;
