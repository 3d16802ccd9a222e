/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An NVDIMM root device whose _FIT and whose functions (_DSM) are what a test has
 * written to the box, a piece of reserved memory; so are those of its one
 * NVDIMM. Reading the status of the other device sends the notification that
 * stands in the box, to the root or, if 0x100 is set, to the NVDIMM.
 */
DefinitionBlock ("", "SSDT", 2, "NVM", "NFITLAB", 1)
{
	Scope (\_SB)
	{
		OperationRegion (BOX, SystemMemory, BOX_ADDR, 0x4000)
		Field (BOX, DWordAcc, NoLock, Preserve)
		{
			FLEN, 32,	// bytes of the table
			FHOW, 32,	// 0: as it should be, 1: an integer, 2: an error
			EVNT, 32,	// notification to send
			SEEN, 32,	// how often _FIT was evaluated

			Offset (0x100),	// functions of the root
			RFUN, 32,	// a bit for each
			Offset (0x108),
			RHOW, 32,	// as FHOW
			Offset (0x110),
			STRN, 32,	// scrubs that were started
			Offset (0x118),
			RUNS, 32,	// so often it is said to run
			Offset (0x120),
			REFN, 32,	// so many are answered with busy
			Offset (0x128),
			CLRN, 32,	// clears
			Offset (0x130),
			OLDL, 32,	// bytes of what was found earlier
			Offset (0x138),
			NEWL, 32,	// bytes of what a look finds
			Offset (0x140),
			CAPB, 128,	// what there is
			STAB, 96,	// start
			Offset (0x160),
			CLRB, 128,	// clear
			STAI, 192,	// the last start
			Offset (0x190),
			CLRI, 128,	// the last clear
			ASKN, 32,	// how often a scrub was asked about

			Offset (0x200),	// of the NVDIMM
			DFUN, 32,
			Offset (0x208),
			DHOW, 32,
			Offset (0x210),
			DSEN, 32,	// how often it was asked
			Offset (0x218),
			HLEN, 32,	// bytes of what follows
			Offset (0x220),
			H10B, 128,	// critical health
			H11B, 128,	// the module
			H12B, 128,	// its energy source

			Offset (0x1000),
			DATA, 32768,
			Offset (0x2400),
			OLDB, 8192,
			NEWB, 8192,
		}

		Device (NVDR)
		{
			Name (_HID, "ACPI0012")
			Name (LOOK, 0)	// the last scrub was a look

			Method (_FIT, 0, Serialized)
			{
				SEEN = SEEN + 1
				If (FHOW == 1)
				{
					Return (FLEN)
				}
				If (FHOW == 2)
				{
					Return (FLEN / 0)
				}
				Return (Mid (DATA, 0, FLEN))
			}

			Method (STRT, 1, Serialized)
			{
				STAI = Arg0
				If (REFN)
				{
					REFN = REFN - 1
					Return (Buffer (8) { 6 })
				}
				STRN = STRN + 1
				LOOK = ((DerefOf (Arg0 [18]) & 2) == 0)
				Return (STAB)
			}

			Method (STAT, 0, Serialized)
			{
				ASKN = ASKN + 1
				If (RUNS)
				{
					RUNS = RUNS - 1
					Return (Buffer (4) { 0, 0, 1, 0 })
				}
				If (LOOK)
				{
					Return (Mid (NEWB, 0, NEWL))
				}
				Return (Mid (OLDB, 0, OLDL))
			}

			Method (_DSM, 4, Serialized)
			{
				If (Arg0 != ToUUID ("2f10e7a4-9e91-11e4-89d3-123b93f75cba"))
				{
					Return (Buffer (1) { 0 })
				}
				If (Arg2 == 0)
				{
					Return (ToBuffer (RFUN))
				}
				If (RHOW == 1)
				{
					Return (RHOW)
				}
				If (RHOW == 2)
				{
					Return (RHOW / 0)
				}
				Switch (ToInteger (Arg2))
				{
					Case (1)
					{
						Return (CAPB)
					}
					Case (2)
					{
						Return (STRT (DerefOf (Arg3 [0])))
					}
					Case (3)
					{
						Return (STAT ())
					}
					Case (4)
					{
						CLRN = CLRN + 1
						CLRI = DerefOf (Arg3 [0])
						Return (CLRB)
					}
				}
				Return (Buffer (4) { 1 })
			}

			Device (NVD1)
			{
				Name (_ADR, 1)

				Method (_DSM, 4, Serialized)
				{
					If (Arg0 != ToUUID ("1ee68b36-d4bd-4a1a-9a16-4f8e53d46e05"))
					{
						Return (Buffer (1) { 0 })
					}
					If (Arg2 == 0)
					{
						Return (ToBuffer (DFUN))
					}
					DSEN = DSEN + 1
					If (DHOW == 1)
					{
						Return (DHOW)
					}
					If (DHOW == 2)
					{
						Return (DHOW / 0)
					}
					If (Arg2 == 10)
					{
						Return (Mid (H10B, 0, HLEN))
					}
					If (Arg2 == 11)
					{
						Return (Mid (H11B, 0, HLEN))
					}
					Return (Mid (H12B, 0, HLEN))
				}
			}
		}

		Device (NVTR)
		{
			Name (_HID, "NVMT0001")

			Method (_STA, 0, Serialized)
			{
				Local0 = EVNT
				If (Local0)
				{
					EVNT = 0
					If (Local0 & 0x100)
					{
						Notify (\_SB.NVDR.NVD1, Local0 & 0xFF)
					}
					Else
					{
						Notify (NVDR, Local0)
					}
				}
				Return (0x0F)
			}
		}
	}
}
