"""Everyday words and characters that are never taken for a misspelt name."""

from __future__ import annotations

import re

from handlers.understand.numbers import HAN_NUMERALS

FUNCTION_CHARS = frozenset(
    "的了到从给去要调发送来跟在把还有没不是个店仓我你他她它们这那哪多少几些吗呢吧啊请帮下上拿卖买退收报盘查看先再又也都就和"
    "与或叫让对为以及往由被将共总全各每单库货进出转运拨存剩余缺补订批准同意号日月年天周今明昨元钱价数量箱打对过掉条件瓶"
) | frozenset(HAN_NUMERALS)
"""Characters of the grammar and of amounts."""
ATTRIBUTE_CHARS = frozenset(
    "大小中新老旧软硬红绿黑白黄蓝金银紫青粉橙冰热冷温甜咸酸辣苦香淡浓清原无低高零轻重男女日夜早晚前后左右东南西北内外干湿生熟"
    "鲜长短粗细厚薄双单半超特装"
)
"""Characters that tell one product or place from another, so one is never a slip for another one."""
_ENGLISH = """
a able about above ac add adn after again ago agree ahead all almost also always am amount an and another any anything
approve approved april are around arrange arrive arrived arrives as asap ask asked at august back bad bang barcode be
been before below best better between big bin bind binding birthday bit bot both bottle bottles bound box bring broke
broken brought btl building bundle business busy but buy buying by call called came can cancel cancelled cannot carton
cartons case cases cash change changed check checked cheque chinese clear clerk clock close closed code come comes
coming confirm confirmed correct cos cost could count counted counting cs ctn current customer customers cut damage
damaged date dates day days dc deal december deck delete deliever deliver delivered delivery desk did different ding
discount dispatch do dock does doing done dont door doors down doz dozen draft driver drop due during ea each early
eight eighteen eighty either eleven else empty english enough entry error errors eta etc even ever every everyone
everything exact exactly except expect expects expire expired expiring explain export extra february few fifteen fifty
figure file fill find fine first five fix fixed for forcast forecast forget forgot forty found four fourteen fr
freezer fresh friday fridge frm from front full gave get gets getting give given giving go goes going gone good goods
got gr great group guys had half hand hands hang happen happy hard has have having he head hear heard hello help her
here hey hi high him his hm hold hour hours house how hq hundred hurry hv hvn i id idea if im immediately in inc
incoming instead inventory invoice is issue it item items its jan january july june just keep kept kg kind km know
known language last late later least leave left less let level like line lines list little load loaded lol look
looking looks lose loss lost lot lots low ltd m made make making manager mandarin many march may maybe me mean means
meant meet message might min mind mine minus minute missing mistake ml mny monday money month months more morning most
mov move moved moving mr mrs ms much must mvoe my n nah name near nearly need needed needs never new next nice nine
nineteen ninety nit no none nor north not note nothing november now number nvm nxt october oder of off often oh ok
okay old on once one only onto open or order ordered orders ordr other otherwise our ours out over own pack packet
packets packs paid pair pallet paper part past pause pay pc pcs people per perhaps permission person phone pic pick
picked piece pieces pkt pl place placed plan please pls plus plz pm po point pos possible pound ppl pre present
previous price priced prices print problem process product products purchase put qty quantity quarter question quick
quickly quite r rather raw rcvd re reach read ready real really reason rec receive received receiving recent recieve
recieved recieving record recorded recvd reduce ref refund refuse refused regarding reject rejected remain remaining
remember remind reminder remove repeat replace replenish reply report request requested rest restock result return
returned returning returns right rn road rolls room roughly route run s sale sales same sat saturday save say says
scan second section see seems seen sell selling send sending sends sent september set seven seventeen several she
shelf shift ship shipment shipped shipping shop shops short shortage should show shown shpi side sign since single sir
sit sixteen sixty size sizes slow snd sned so sold some someone something soon sorry sort south spare staff stage
standard start started status stay stck still stk stock stocks stok stop store stores story sub such sum sun sunday
sup supplier supply sure switch t table take taken takes taking talk tbh team teh tell thank thanks that the their
them then there these they thier thing things think thirteen thirty this those though thousand three through thursday
thx til till time times tmr to today together told tomorrow tonight too took top total totally touch touched touches
tr track train tranfer transfer transferred transfers transfr trasnfer trnasfer truck true try tue tuesday turn
turnover twelve twenty twice two type u un under understand undo unit units until up update ur urgent us use used
using usual v value vat vendor very via vs w wait waiting want wanted wants warehouse was wasnt wat water wats way we
wed week weekend weeks well went were west wh what whats whcih when where whether which while who whole whom whose why
wich will wish with within without wk wks wo wont word work working works would write written wrong x y yea year years
yep yes yesterday yet you yours yr yrs
"""
EVERYDAY_WORDS = frozenset(re.findall("[a-z]+", _ENGLISH))
"""Common English words, and common slips in them."""
