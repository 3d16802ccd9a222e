/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An NVDIMM root device whose _FIT is what a test has written to the box, a
 * piece of reserved memory. Reading the status of the other device sends the
 * notification that stands in the box.
 */
DefinitionBlock ("", "SSDT", 2, "NVM", "NFITLAB", 1)
{
	Scope (\_SB)
	{
		OperationRegion (BOX, SystemMemory, BOX_ADDR, 0x2000)
		Field (BOX, DWordAcc, NoLock, Preserve)
		{
			FLEN, 32,	// bytes of the table
			FHOW, 32,	// 0: as it should be, 1: an integer, 2: an error
			EVNT, 32,	// notification to send
			SEEN, 32,	// how often _FIT was evaluated
			Offset (0x1000),
			DATA, 32768
		}

		Device (NVDR)
		{
			Name (_HID, "ACPI0012")

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
					Notify (NVDR, Local0)
				}
				Return (0x0F)
			}
		}
	}
}
